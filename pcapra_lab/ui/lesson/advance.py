"""From one step to the next: the passed one is praised, the last one ends in a summary."""

from typing import TYPE_CHECKING

from pcapra_lab.session.api import SessionState
from pcapra_lab.ui.lesson.celebration import praise
from pcapra_lab.ui.lesson.summary import Rto, SummaryScreen
from pcapra_lab.ui.messages import StepGraded, StepPassed

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class Advance:
    """The way through the steps of a ``LessonScreen`` that has a session.

    Args:
        screen: where the step is followed.
        title: the exercise's.
    """

    def __init__(self, screen: "LessonScreen", title: str) -> None:
        self._screen = screen
        self._title = title
        self._rto: dict[str, Rto] = {}
        """Measured in this sitting, by step."""

    async def lead(self, state: SessionState) -> None:
        """Draw a state, and lead to its current step if that is another one."""
        screen = self._screen
        before = screen.current_step
        await screen.follow(state)
        if screen.current_step != before:
            screen.lesson.lead_to(screen.current_step)

    async def graded(self, message: StepGraded) -> None:
        """Draw what a grade came to; once the step is passed, lead to what comes next."""
        screen, report = self._screen, message.report
        before = screen.current_step
        if report.step == before:
            screen.header.report = report
        if not (message.recorded and report.green):
            await screen.follow(message.state)
            return
        if report.rto_seconds is not None:
            self._rto[report.step] = (report.rto_seconds, report.rto_target)
        await screen.follow(message.state)
        if not message.helped:
            screen.post_message(StepPassed())
        if screen.current_step is None:
            screen.app.clear_notifications()
            self.sum_up()
        elif screen.current_step != before:
            self._praise(message)
            screen.header.report = None
            if screen.narrow and screen.view == "checks":
                screen.action_lesson()
            screen.lesson.lead_to(screen.current_step)
            screen.checks.request_watch()

    def sum_up(self) -> None:
        """Show what the exercise came to, all steps done."""
        screen = self._screen
        if screen.state is None:
            return

        def answered(home: bool | None) -> None:
            if home:
                screen.action_home()

        screen.app.push_screen(SummaryScreen(self._title, screen.state, self._rto), answered)

    def _praise(self, message: StepGraded) -> None:
        if words := praise(message):
            title, text = words
            toast = self._screen.pacing.toast
            self._screen.notify(text, title=title, timeout=toast, markup=False)
