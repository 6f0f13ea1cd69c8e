"""The Textual application."""

from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType

from pcapra_lab.i18n import _
from pcapra_lab.session.api import Application
from pcapra_lab.session.preferences import Look, PreferenceStore
from pcapra_lab.ui.commands.opening import show_commands
from pcapra_lab.ui.dialogs.help import HelpDialog
from pcapra_lab.ui.focus import CAPTURES_KEYS
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.layout import BREAKPOINTS
from pcapra_lab.ui.messages import StepPassed
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.search.opening import show_search
from pcapra_lab.ui.settings import Settings
from pcapra_lab.ui.theme import ANSI
from pcapra_lab.ui.widgets.celebration import Celebration


class PcapraApp(App[None]):
    """The lab's terminal interface.

    Args:
        application: the course and its sessions; nothing is asked of it before the first paint.
        pacing: clock and delays, held still by tests.
        preferences: what the trainee prefers; by default nothing is kept.
    """

    TITLE = "pcapra-lab"
    CSS_PATH = "styles/base.tcss"
    # Its ctrl+p has priority, and would be taken from readline in the shell.
    ENABLE_COMMAND_PALETTE = False
    # Textual declares it in a way that reads as an instance variable.
    HORIZONTAL_BREAKPOINTS = list(BREAKPOINTS)  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", _("aide"), show=False),
        Binding("slash", "search", _("chercher"), show=False),
        Binding("ctrl+p", "commands", _("commandes"), show=False),
        Binding("f10", "leave", _("quitter"), show=False),
        Binding("ctrl+q", "leave", _("quitter"), show=False, priority=True),
    ]

    def __init__(
        self,
        application: Application,
        pacing: Pacing | None = None,
        preferences: PreferenceStore | None = None,
    ) -> None:
        super().__init__()
        self._application = application
        self._pacing = pacing or Pacing()
        self._settings = Settings(self, preferences or PreferenceStore())
        self.ansi_theme_dark = ANSI

    def on_mount(self) -> None:
        """Show the home screen."""
        self._settings.apply()
        self.push_screen(HomeScreen(self._application, self._pacing))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave ctrl+q to the shell: bindings with priority are taken before the focus."""
        if action == "leave" and self.focused is not None:
            return not self.focused.has_class(CAPTURES_KEYS)
        return True

    def action_help_quit(self) -> None:
        """Ctrl+C outside the shell: Textual's own answer is in English."""
        self.notify(_("F10 pour quitter. Dans le terminal, Ctrl+C va à la machine."), timeout=3)

    def action_help(self) -> None:
        """Show all keys."""

        def answered(commands: bool | None) -> None:
            if commands:
                self.action_commands()

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog(), answered)

    def action_search(self) -> None:
        """Search the whole course."""
        show_search(self, self._application, self._pacing)

    def action_commands(self) -> None:
        """Show every action by its name. Ctrl+P is readline's own in the shell."""
        show_commands(self, self._settings.preferences)

    def action_look(self, look: str) -> None:
        """Change the colours, for this sitting and the next ones."""
        self._settings.look(Look(look))

    def action_toggle_celebrations(self) -> None:
        """Celebrate steps from now on, or no longer."""
        self._settings.toggle_celebrations()

    @on(StepPassed)
    def _step_passed(self) -> None:
        # Passed while the app is being left: there is no screen any more.
        if self._settings.celebrates and self.screen_stack:
            self.screen.mount(Celebration(self._pacing.celebration))

    async def action_leave(self) -> None:
        """Quit from the home screen; a lesson asks first what to do with its machines."""
        below = next(screen for screen in reversed(self.screen_stack) if not screen.is_modal)
        if isinstance(below, HomeScreen):
            self.exit()
        elif below is self.screen:
            await self.run_action("screen.leave")
