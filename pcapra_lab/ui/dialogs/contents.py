"""The lesson's table of contents."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pcapra_lab.content.blocks import Section
from pcapra_lab.i18n import _
from pcapra_lab.session.api import StepState
from pcapra_lab.ui.dialogs.base import closing
from pcapra_lab.ui.text import STEPS


def entry(section: Section, number: int, state: StepState | None) -> Content:
    """A section's line: a step has its number, and its state when there is a session."""
    if section.step is None:
        return Content.styled(f"     {section.title}", "")
    sign = STEPS[state] if state is not None else None
    glyph = Content.styled(sign.glyph, f"bold {sign.colour}") if sign else Content(" ")
    word = Content.styled(f"  {sign.word}", sign.colour) if sign else Content("")
    return Content.assemble(glyph, (f" {number}. ", "$muted"), section.title, word)


class ContentsScreen(ModalScreen[str | None]):
    """The sections, each step with its state. Dismisses with an anchor.

    Args:
        sections: the lesson's, in order.
        states: of the steps, by id; empty without a session.
        here: the anchor of the section being read.
    """

    CSS_PATH = "../styles/search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,s", "close", show=False)]

    def __init__(
        self, sections: Sequence[Section], states: Mapping[str, StepState], here: str
    ) -> None:
        super().__init__()
        self._anchors = ["", *(section.anchor for section in sections)]
        self._lines = [Content("     Introduction")]
        number = 0
        for section in sections:
            number += section.step is not None
            self._lines.append(entry(section, number, states.get(section.step or "")))
        self._here = here

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("Sommaire"))
            box.border_subtitle = closing(_("↑ ↓ choisir · Entrée y aller"))
            yield OptionList(*(Option(line) for line in self._lines), markup=False)

    def on_mount(self) -> None:
        """Begin where the trainee reads."""
        sections = self.query_one(OptionList)
        sections.highlighted = self._anchors.index(self._here)
        sections.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._anchors[event.option_index])

    def action_close(self) -> None:
        """Stay where the trainee was."""
        self.dismiss(None)
