"""An error, its remedy, and what can be done now."""

from collections.abc import Sequence

from textual.content import Content

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs.base import Choice, Dialog, T

CLOSE: Choice[None] = Choice("escape", _("Fermer"), None)


def explained(error: LabError) -> Content:
    """The message, then the hint on its own line."""
    message = Content.assemble(("⚠ ", "bold $error"), error.message)
    if not error.hint:
        return message
    return Content.assemble(message, "\n\n", ("→ ", "bold $accent"), error.hint)


class FailureDialog(Dialog[T]):
    """What failed, why, and the remedy."""

    def __init__(self, what: str, error: LabError, choices: Sequence[Choice[T]]) -> None:
        super().__init__(_("{what} a échoué").format(what=what), explained(error), choices)
