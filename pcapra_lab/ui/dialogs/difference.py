"""What writing a file would change, before it is written."""

import difflib

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from pcapra_lab.content.blocks import FileBlock
from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs.base import Choice, Dialog

_STYLES = {"+": "$success", "-": "$error", "@": "$accent"}


def difference(block: FileBlock, current: str | None) -> Content:
    """A unified diff from ``current`` to the block's content; the whole file when it is new."""
    before = [] if current is None else current.splitlines()
    lines = list(difflib.unified_diff(before, block.content.splitlines(), lineterm="", n=3))[2:]
    return Content("\n").join(
        Content.styled(line, _STYLES.get(line[:1], "$muted")) for line in lines
    )


class DifferenceDialog(Dialog[bool]):
    """The difference, and whether to write. True writes."""

    def __init__(self, block: FileBlock, current: str | None) -> None:
        same = current == block.content
        choices: list[Choice[bool]] = [Choice("escape", _("Annuler"), False)]
        if not same:
            label = _("Créer le fichier") if current is None else _("Remplacer le fichier")
            choices.insert(0, Choice("o", label, True, "primary"))
        super().__init__(f"{block.vm}:{block.path}", difference(block, current), choices)
        if same:
            self._summary = _("✔ Le fichier est déjà identique : rien à écrire.")
        elif current is None:
            self._summary = _("Le fichier n'existe pas encore. Droits : {mode}.").format(
                mode=block.mode
            )
        else:
            self._summary = _(
                "Lignes retirées (−) et ajoutées (+). Droits après écriture : {mode}."
            ).format(mode=block.mode)

    def compose_body(self) -> ComposeResult:
        """A sentence, then the difference, which scrolls."""
        yield Static(self._summary, classes="dialog-summary", markup=False)
        with VerticalScroll(classes="dialog-body -code"):
            yield Static(self._body)
