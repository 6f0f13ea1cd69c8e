"""Words of the trade, explained over the lesson."""

from collections.abc import Sequence

from textual.content import Content

from pcapra_lab.content.glossary import Term
from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs.base import Choice, Dialog


def entry(term: Term) -> Content:
    """A term, its other names, and what it means."""
    names = f"  {' · '.join(term.aliases)}" if term.aliases else ""
    return Content.assemble(
        (term.term, "bold $accent"), (names, "$muted"), "\n", term.definition.strip()
    )


class GlossaryDialog(Dialog[None]):
    """Some terms of the glossary. It scrolls."""

    def __init__(self, title: str, terms: Sequence[Term]) -> None:
        body = Content("\n\n").join([entry(term) for term in terms])
        super().__init__(title, body, [Choice("escape", _("Fermer"), None)])

    def focus_first(self) -> None:
        """Let the arrows scroll: there is only one answer."""
        body = self.query_one(".dialog-body")
        body.can_focus = True
        body.focus()

    def _move(self, step: int) -> None:
        self.query_one(".dialog-body").scroll_relative(y=step, animate=False)
