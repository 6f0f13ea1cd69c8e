"""The drill in the lesson: its window, and what is told of it to whoever looks elsewhere."""

from typing import TYPE_CHECKING

from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.ui.dialogs.drill import DrillScreen
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.messages import StepGraded

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class DrillDesk:
    """The drills of a ``LessonScreen`` that has a session."""

    def __init__(self, screen: "LessonScreen", session: TraineeSession) -> None:
        self._screen = screen
        self._session = session
        self._phase: DrillPhase | None = None
        """The last one seen while the window was closed."""
        self._watch_over = False

    def open(self) -> None:
        """Show the current step's drill, which it has."""
        screen = self._screen
        if screen.lab.phase is not LabPhase.READY:
            screen.notify(_("Les machines ne sont pas prêtes."), severity="warning")
        else:
            screen.app.push_screen(DrillScreen(screen.drill))

    def seen(self, view: DrillView | None) -> None:
        """The drill was looked at: its window shows it, or else what is new is told."""
        window = self._window
        if window is not None:
            window.show()
        elif view is not None:
            self._tell(view)

    def refused(self, error: LabError) -> None:
        """What was asked for was not done."""
        window = self._window
        if window is not None:
            window.refuse(error)
        elif not isinstance(error, Cancelled):
            self._screen.notify(error.message, severity="warning", markup=False)

    def graded(self, message: StepGraded) -> None:
        """A step is passed: show what its drill came to, if it had one."""
        if not (message.recorded and message.report.green):
            return
        try:
            view = self._session.drills.view(message.report.step)
        except LabError as error:
            self.refused(error)
            return
        if view is not None and view.result is not None:
            app = self._screen.app
            if self._window is not None:
                app.pop_screen()
            app.push_screen(DrillScreen(self._screen.drill, view))

    @property
    def _window(self) -> DrillScreen | None:
        """The drill's window, when it is what is seen."""
        shown = self._screen.app.screen
        return shown if isinstance(shown, DrillScreen) else None

    def _tell(self, view: DrillView) -> None:
        """A fault is noticed, wherever one looks; and the end of a watch."""
        phase = view.phase
        over = view.on_call is not None and view.on_call.left == 0
        if phase is DrillPhase.ON_CALL and over and not self._watch_over:
            self._screen.notify(
                _("La garde est finie. Réparez ce qui reste, puis vérifiez l'étape.")
            )
        self._watch_over = over
        if phase is DrillPhase.STRUCK and self._phase is not phase:
            self._screen.notify(
                _("Quelque chose vient d'arriver. L'horloge tourne : d montre le drill."),
                severity="warning",
            )
        self._phase = phase
