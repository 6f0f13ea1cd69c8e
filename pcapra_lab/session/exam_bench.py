"""A session as an exam uses it: prepared whole, graded step by step whichever is current."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from pcapra_lab.content.models import Step
from pcapra_lab.drills.objective import Instant
from pcapra_lab.grading.results import StepReport
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drill_api import DrillPhase
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.quizzing import Quizzing
from pcapra_lab.session.walk import Walk


class SessionBench:
    """``session.examining.Bench`` on a session's parts.

    Args:
        play: the exercise on its machines.
        progress: the trainee's.
        parts: the way through the steps, the quizzes, the drills and the machines.
        prepare: brings all machines to their prepared state, progress to its beginning.
        count: lets the trainee's time begin.
        enter: makes the current step ready.
        still: what happens in it is not the trainee's time.
        seen: told what a grading saw.
    """

    def __init__(
        self,
        play: Playground,
        progress: ProgressStore,
        parts: tuple[Walk, Quizzing, Drilling, Machines],
        prepare: Callable[[EventSink, threading.Event], None],
        count: Callable[[], None],
        enter: Callable[[EventSink], None],
        still: Callable[[], AbstractContextManager[None]],
        seen: Callable[[StepReport], None],
    ) -> None:
        self._play = play
        self._progress = progress
        self._walk, self._quizzing, self._drills, self._machines = parts
        self._prepare = prepare
        self.count = count
        self._enter = enter
        self.still = still
        self._seen = seen

    def prepare(self, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``Bench.prepare``."""
        self._prepare(on_event, cancel)

    def enter(self, on_event: EventSink) -> None:
        """See ``Bench.enter``. A quiz may be done while the machines sleep: what follows is then
        prepared when they wake."""
        if self._machines.running:
            self._enter(on_event)

    def judge(self, step: Step) -> StepReport:
        """See ``Bench.judge``."""
        if (report := self._drills.not_yet(step)) is not None:
            return report
        if step.is_quiz:
            return self._quizzing.report(step)
        self._machines.must_run()
        began = Instant.now()
        report = self._play.grade(step)
        self._seen(report)
        self._drills.graded(step, report, began.monotonic)
        if step.id in self._progress.steps(self._play.exercise.id):
            report = self._walk.measured(step, report, began)
        if report.green:
            self._drills.passed(step)
        elif step.id == self._walk.current_id():
            self._end_drill(step)
        return report

    def score(self, step: Step) -> float | None:
        """See ``Bench.score``."""
        return self._quizzing.score(step) if step.is_quiz else None

    def _end_drill(self, step: Step) -> None:
        """Its fault must not outlive the step."""
        view = self._drills.view(step.id)
        if view is not None and view.phase in (DrillPhase.STRUCK, DrillPhase.RESTORED):
            self._drills.end()
