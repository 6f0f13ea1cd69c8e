"""Help with the current step, asked for and shown: its hints, then its solution."""

from typing import TYPE_CHECKING

from pcapra_lab.content.models import Exercise
from pcapra_lab.i18n import _
from pcapra_lab.session.api import StepStatus
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.dialogs.hints import HintDialog, SolutionDialog
from pcapra_lab.ui.dialogs.questions import Solving
from pcapra_lab.ui.lesson.help import HelpDesk
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.lesson.refusals import refused_in_exam, say_not_ready
from pcapra_lab.ui.messages import HintGiven

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class Helping:
    """The help that a ``LessonScreen`` with a session gives; none during an exam."""

    def __init__(self, screen: "LessonScreen", exercise: Exercise) -> None:
        self._screen = screen
        self._desk = HelpDesk(exercise)

    def ask_hint(self) -> None:
        """Show the hints so far, and offer the next one."""
        if not refused_in_exam(self._screen):
            self._show_hints(fresh=False)

    def ask_solution(self) -> None:
        """Ask, then show or run the current step's solution."""
        screen, status = self._screen, self._status
        if status is None or refused_in_exam(screen):
            return
        if screen.lab.phase is not LabPhase.READY:
            say_not_ready(screen)
            return

        def answered(answer: Solving | None) -> None:
            if answer is Solving.SHOW:
                screen.checks.hint()
            elif answer is Solving.APPLY and not screen.checks.solve():
                screen.notify(_("Une vérification est en cours : réessayez dans un instant."))

        screen.app.push_screen(questions.solution(status), answered)

    def given(self, message: HintGiven) -> None:
        """Show the hint that came, or the solution that comes after the last one."""
        if message.hint.is_solution:
            step = next(s for s in message.state.steps if s.id == message.step)
            self._screen.app.push_screen(SolutionDialog(step.title, message.hint.text))
        else:
            self._desk.heard(message.step, message.hint)
            self._show_hints(fresh=True)

    @property
    def _status(self) -> StepStatus | None:
        """The current step; None at the end."""
        state = self._screen.state
        if state is None:
            return None
        return next((step for step in state.steps if step.id == state.current_step), None)

    def _show_hints(self, *, fresh: bool) -> None:
        screen, status = self._screen, self._status
        if status is None:
            return

        def answered(more: bool | None) -> None:
            if more and not screen.checks.hint():
                screen.notify(_("Un instant… l'indice arrive."))

        dialog = HintDialog(status, self._desk.given(status), fresh=fresh)
        screen.app.push_screen(dialog, answered)
