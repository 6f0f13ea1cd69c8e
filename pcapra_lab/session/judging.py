"""Grades a trainee's steps. What was seen is told to all that live on it."""

import threading
import time
from collections.abc import Collection

from pcapra_lab.content.models import Step
from pcapra_lab.drills.objective import Instant
from pcapra_lab.grading.results import StepReport
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.progress import EventSink, ignore
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.quizzing import Quizzing
from pcapra_lab.session.sightings import Sightings
from pcapra_lab.session.surveying import surveyed
from pcapra_lab.session.walk import Walk


class Judging:
    """Judges steps of one exercise, whichever is current.

    Args:
        play: the exercise on its machines, which are taken to run.
        walk: measures recovery, records attempts.
        quizzing: judges quizzes.
        drills: measure by what is graded, and end with a green step.
        sightings: keep what each check saw.
    """

    def __init__(
        self,
        play: Playground,
        walk: Walk,
        quizzing: Quizzing,
        drills: Drilling,
        sightings: Sightings,
    ) -> None:
        self._play = play
        self._walk = walk
        self._quizzing = quizzing
        self._drills = drills
        self._sightings = sightings

    def grade(
        self,
        step: Step,
        *,
        observe_only: bool = False,
        on_event: EventSink = ignore,
        cancel: threading.Event | None = None,
    ) -> StepReport:
        """A step as it stands now, with its recovery time if it was entered and has one.

        Args:
            observe_only: leave out the checks that act on machines.
            on_event: told that it begins and ends, unless it only observes.

        Raises:
            LabError: a machine does not answer.
            Cancelled: ``cancel`` was set; the check under way was told to end.
        """
        if step.is_quiz:
            return self._quizzing.report(step)
        began = Instant.now()
        if not observe_only:
            on_event(LabEvent(Phase.GRADE, fraction=0.0))
        report = self._play.grade(step, observe_only=observe_only, cancel=cancel)
        if not observe_only:
            passed = time.monotonic() - began.monotonic
            on_event(LabEvent(Phase.GRADE, fraction=1.0, elapsed=passed))
        self._sightings.take(report)
        self._drills.graded(step, report, began.monotonic)
        return self._walk.measured(step, report, began)

    def record(self, step: Step, report: StepReport) -> None:
        """An attempt at the current step; if it is green its drill ends, and the step with it."""
        if report.green:
            self._drills.passed(step)
        score = self._quizzing.score(step) if step.is_quiz else self._drills.score(step)
        self._walk.record(step, report, score)

    def survey(self, checks: Collection[str]) -> None:
        """Look again at checks of the steps behind.

        Args:
            checks: as ``<step>/<check>``.
        """
        for step in surveyed(self._play.exercise, checks, self._walk.passed()):
            self._sightings.take(self._play.grade(step, observe_only=True))
