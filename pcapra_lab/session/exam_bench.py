"""A session as an exam uses it: prepared whole, graded step by step whichever is current."""

import threading
from contextlib import AbstractContextManager

from pcapra_lab.content.models import Step
from pcapra_lab.grading.results import StepReport
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.custody import Custody
from pcapra_lab.session.drill_api import DrillPhase
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.judging import Judging
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.quizzing import Quizzing
from pcapra_lab.session.rewinding import Rewinding
from pcapra_lab.session.walk import Walk


class SessionBench:
    """``session.examining.Bench`` on a session's parts.

    Args:
        walk: the way through the steps.
        machines: how they are.
        custody: what holds them, and counts time.
        rewinding: what brings all back to the beginning.
        judging: what grades a step.
        quizzing: what scores a quiz.
        drills: a step's drill must have struck before it is graded, and ends with it.
    """

    def __init__(
        self,
        walk: Walk,
        machines: Machines,
        custody: Custody,
        rewinding: Rewinding,
        judging: Judging,
        quizzing: Quizzing,
        drills: Drilling,
    ) -> None:
        self._walk = walk
        self._machines = machines
        self._custody = custody
        self._rewinding = rewinding
        self._judging = judging
        self._quizzing = quizzing
        self._drills = drills

    def prepare(self, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``Bench.prepare``."""
        self._rewinding.begin_anew(on_event, cancel)

    def count(self) -> None:
        """See ``Bench.count``."""
        self._custody.count()

    def still(self) -> AbstractContextManager[None]:
        """See ``Bench.still``."""
        return self._custody.still()

    def enter(self, on_event: EventSink) -> None:
        """See ``Bench.enter``. A quiz may be done while the machines sleep: what follows is then
        prepared when they wake."""
        if self._machines.running:
            self._custody.enter(on_event)

    def judge(self, step: Step) -> StepReport:
        """See ``Bench.judge``."""
        if (report := self._drills.not_yet(step)) is not None:
            return report
        if not step.is_quiz:
            self._machines.must_run()
        report = self._judging.grade(step)
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
