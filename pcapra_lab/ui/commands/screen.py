"""The command palette. Textual's own speaks English and minds the accents."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from pcapra_lab.i18n import _
from pcapra_lab.ui.commands.listing import Command, matching
from pcapra_lab.ui.dialogs.base import closing


def entry(command: Command) -> Content:
    """A command's line: the key first, which is learnt by reading."""
    return Content.assemble((f"{command.key:>7}  ", "$muted"), command.title)


class CommandScreen(ModalScreen[str | None]):
    """Commands, filtered as words are typed. Dismisses with an action.

    Args:
        commands: what can be done, the most useful first.
    """

    CSS_PATH = "../styles/search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "close", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._known = tuple(commands)
        self._shown = self._known

    def compose(self) -> ComposeResult:
        """Lay out field and commands."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("Commandes"))
            box.border_subtitle = closing(_("↑ ↓ choisir · Entrée lancer"))
            yield Input(placeholder=_("que voulez-vous faire ?"))
            yield Static(_("○ Aucune commande de ce nom."), id="no-command")
            commands = OptionList(markup=False)
            commands.can_focus = False
            yield commands

    def on_mount(self) -> None:
        """Type at once."""
        self._show()
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._shown = matching(event.value, self._known)
        self._show()

    def _show(self) -> None:
        self.query_one("#no-command").display = not self._shown
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(entry(command)) for command in self._shown])
        options.highlighted = 0 if self._shown else None

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.dismiss(self._shown[chosen].action)

    def action_move(self, step: int) -> None:
        """Choose another command; from the last one to the first."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = (options.highlighted + step) % len(self._shown)

    def action_close(self) -> None:
        """Do nothing."""
        self.dismiss(None)
