"""The Textual application."""

from textual.app import App
from textual.binding import Binding

from pcapra_lab.session.api import Application
from pcapra_lab.ui.dialogs.help import HelpDialog
from pcapra_lab.ui.focus import CAPTURES_KEYS
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.theme import ANSI, PCAPRA


class PcapraApp(App[None]):
    """The lab's terminal interface.

    Args:
        application: the course and its sessions; nothing is asked of it before the first paint.
        pacing: clock and delays, held still by tests.
    """

    TITLE = "pcapra-lab"
    CSS_PATH = "styles/base.tcss"
    # Its ctrl+p has priority, and would be taken from readline in the shell.
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
    BINDINGS = [
        Binding("f1,question_mark", "help", "aide", show=False),
        Binding("f10", "leave", "quitter", show=False),
        Binding("ctrl+q", "leave", "quitter", show=False, priority=True),
    ]

    def __init__(self, application: Application, pacing: Pacing | None = None) -> None:
        super().__init__()
        self._application = application
        self._pacing = pacing or Pacing()
        self.ansi_theme_dark = ANSI

    def on_mount(self) -> None:
        """Show the home screen."""
        self.register_theme(PCAPRA)
        self.theme = PCAPRA.name
        self.push_screen(HomeScreen(self._application, self._pacing))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave ctrl+q to the shell: bindings with priority are taken before the focus."""
        if action == "leave" and self.focused is not None:
            return not self.focused.has_class(CAPTURES_KEYS)
        return True

    def action_help(self) -> None:
        """Show all keys."""
        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog())

    async def action_leave(self) -> None:
        """Quit from the home screen; a lesson asks first what to do with its machines."""
        if isinstance(self.screen, HomeScreen):
            self.exit()
        else:
            await self.run_action("screen.leave")
