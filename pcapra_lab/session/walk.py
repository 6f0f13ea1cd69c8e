"""The way through an exercise's steps: which one is current, its setup, its recovery time."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from pcapra_lab.content.base import seconds as duration_seconds
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.content.planning import planned_seconds
from pcapra_lab.drills.objective import Instant, Timeline, measure_rto
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.manifest import CHECKPOINT, PREPARED
from pcapra_lab.progress.records import StepMark, StepRecord
from pcapra_lab.progress.store import END, ProgressStore
from pcapra_lab.session.api import EventSink, StepState, StepStatus
from pcapra_lab.session.bundling import must_be_graded
from pcapra_lab.session.playground import Playground

_STATES = {
    StepMark.CURRENT: StepState.CURRENT,
    StepMark.DONE: StepState.DONE,
    StepMark.HELPED: StepState.HELPED,
}
FINISH = "fin"
"""What a person calls the state after the last step."""


class Walk:
    """One trainee's way through one exercise.

    Args:
        play: the exercise on its machines.
        exercise: the same, in the trainee's words.
        progress: the trainee's.
        keeps_checkpoints: whether ways back are kept: in an exam there are none.
    """

    def __init__(
        self,
        play: Playground,
        exercise: Exercise,
        progress: ProgressStore,
        *,
        keeps_checkpoints: Callable[[], bool],
    ) -> None:
        self._play = play
        self._exercise = exercise
        self._progress = progress
        self._keeps_checkpoints = keeps_checkpoints
        self._id = exercise.id

    @property
    def count(self) -> int:
        """Steps there are."""
        return len(self._exercise.steps)

    def current_id(self) -> str | None:
        """The step the trainee is on; None once everything is done."""
        position = self._progress.position(self._id)
        if position == END:
            return None
        # A newer course may not have that step any more: what is done tells then.
        if position is not None and position in {step.id for step in self._exercise.steps}:
            return position
        records = self._progress.steps(self._id)
        for step in self._exercise.steps:
            record = records.get(step.id)
            if record is None or record.mark is StepMark.CURRENT:
                return step.id
        return None

    def current(self) -> Step:
        """The step the trainee is on, entered. Needs no machine.

        Raises:
            NotGraded: nothing of the exercise can be graded now.
            LabError: every step is done.
        """
        must_be_graded(self._play.installation, self._exercise, self._id)
        current = self.current_id()
        if current is None:
            raise LabError(
                _("toutes les étapes de cet exercice sont réussies"),
                hint=_("pcapra-lab reset le recommence depuis le début"),
            )
        self._progress.enter(self._id, current)
        return next(step for step in self._exercise.steps if step.id == current)

    def passed(self) -> set[str]:
        """Steps before the current one."""
        current = self.current_id()
        known = [step.id for step in self._exercise.steps]
        return set(known if current is None else known[: known.index(current)])

    def after(self, step: Step) -> Step | None:
        """The step that follows."""
        position, steps = self.index(step.id) + 1, self._exercise.steps
        return steps[position] if position < len(steps) else None

    def from_on(self, step_id: str) -> list[str]:
        """A step and those that follow; none from ``END`` on."""
        known = [step.id for step in self._exercise.steps]
        return [] if step_id == END else known[self.index(step_id) :]

    def index(self, step_id: str) -> int:
        """Where a step is in the exercise.

        Raises:
            LabError: there is no such step.
        """
        known = [step.id for step in self._exercise.steps]
        if step_id not in known:
            raise LabError(
                _("l'étape « {step_id} » n'existe pas").format(step_id=step_id),
                hint=_("étapes : {known}").format(known=", ".join(known)),
            )
        return known.index(step_id)

    def enter(self, on_event: EventSink) -> None:
        """Make the current step ready to be worked on: its setup, its clock, its checkpoint."""
        current = self.current_id()
        if current is None:
            return
        self._progress.enter(self._id, current)
        if self._progress.steps(self._id)[current].setup_done:
            return
        step = self._play.step(current)
        if step.setup:
            on_event(
                LabEvent(Phase.PREPARE, detail=_("étape « {title} »").format(title=step.title))
            )
            self._play.run(step.setup)
        self.begin_clock(current)
        self._progress.setup_done(self._id, current)
        self.checkpoint(current, on_event)

    def solve(self, step: Step, on_event: EventSink, cancel: threading.Event | None = None) -> None:
        """Run a step's solution, script by script.

        Raises:
            Cancelled: ``cancel`` was set; the script under way was told to end, and those before
                it stay done.
        """
        began = time.monotonic()
        for number, script in enumerate(step.solution):
            done, elapsed = number / len(step.solution), time.monotonic() - began
            said = _("solution : {script}").format(script=script.script)
            on_event(LabEvent(Phase.PREPARE, script.vm, done, elapsed, detail=said))
            if cancel is not None and cancel.is_set():
                raise Cancelled
            self._play.run([script], cancel)
        on_event(LabEvent(Phase.READY, fraction=1.0, elapsed=time.monotonic() - began))

    def checkpoint(self, step_id: str, on_event: EventSink) -> None:
        """Keep the whole lab as it is at the beginning of a step, or at ``END``.

        Losing a way back must not lose the step that was just passed: a failure is only told.
        """
        label = self.label(step_id)
        if label == PREPARED or not self._play.machines or not self._keeps_checkpoints():
            return
        on_event(LabEvent(Phase.SNAPSHOT, detail=_("point de retour")))
        try:
            self._play.lab.checkpoint(label)
        except LabError as error:
            on_event(
                LabEvent(
                    Phase.SNAPSHOT,
                    detail=_("pas de point de retour : {message}").format(message=error.message),
                )
            )
            return
        on_event(LabEvent(Phase.SNAPSHOT, fraction=1.0, detail=_("point de retour")))

    def label(self, step_id: str) -> str:
        """The saved state at the beginning of a step, or at ``END``."""
        first = self._exercise.steps[0]
        if step_id == first.id and not first.setup:
            return PREPARED
        return f"{CHECKPOINT}{step_id or FINISH}"

    def way_back(self) -> str | None:
        """The current step, or the last before it, whose beginning was kept; None without one."""
        current = self.current_id()
        if current is None or not self._play.has_lab:
            return None
        for step in reversed(self._exercise.steps[: self.index(current) + 1]):
            if self._play.lab.has_checkpoint(self.label(step.id)):
                return step.id
        return None

    def begin_clock(self, step_id: str) -> None:
        """The step's incident has just happened, if it has an objective."""
        step = self._play.step(step_id)
        if step.objective is not None:
            timeline = Timeline(duration_seconds(step.objective.rto))
            timeline.begin()
            self._progress.save_timeline(self._id, step_id, timeline.to_json())

    def measured(self, step: Step, report: StepReport, began: Instant) -> StepReport:
        """The report with its recovery time, if the step has an objective, was entered and is
        green."""
        record = self._progress.steps(self._id).get(step.id)
        if record is None or record.timeline is None:
            return report
        timeline = Timeline.from_json(record.timeline)
        measured = timeline.first_green is not None
        if report.green:
            timeline.green()
        elif any(r.outcome is Outcome.FAIL for r in report.results):
            timeline.red(began)
        self._progress.save_timeline(self._id, step.id, timeline.to_json())
        result = measure_rto(timeline) if report.green else None
        if result is None:
            return report
        if not measured:
            self._progress.record_rto(
                self._id,
                step.id,
                seconds=result.seconds,
                uncertainty_seconds=result.uncertainty_seconds,
                target=result.target,
                met=result.met,
            )
        return replace(report, rto_seconds=result.seconds, rto_target=result.target)

    def record(self, step: Step, report: StepReport, score: float | None) -> None:
        """An attempt at a step; a green one finishes it.

        Args:
            score: of a quiz or a surprise drill, the part of its points that was earned so far.
        """
        self._progress.record_attempt(
            self._id,
            step.id,
            green=report.green,
            seconds=report.seconds,
            outcomes={r.id: r.outcome.value for r in report.results},
        )
        if report.green:
            following = self.after(step)
            self._progress.finish(
                self._id, step.id, next_step=following.id if following else None, score=score
            )

    def statuses(self, *, ungraded: bool = False, pending: float = 0.0) -> tuple[StepStatus, ...]:
        """Every step, where the trainee stands on it.

        Args:
            ungraded: those not done yet are out of reach.
            pending: seconds of the current step that are not counted yet.
        """
        records, current = self._progress.steps(self._id), self.current_id()
        known = [_status(s, records.get(s.id), current, pending) for s in self._exercise.steps]
        if not ungraded:
            return tuple(known)
        waiting = (StepState.CURRENT, StepState.LOCKED)
        return tuple(
            replace(s, state=StepState.UNGRADED) if s.state in waiting else s for s in known
        )

    def restart(self) -> None:
        """A new run, at the first step; this one is history."""
        self._progress.restart(self._id)

    def move(self, step_id: str) -> None:
        """The machines are back at the beginning of a step, or at ``END``."""
        self._progress.move(self._id, step_id)
        if step_id != END:
            self.begin_clock(step_id)


def _status(
    step: Step, record: StepRecord | None, current: str | None, pending: float
) -> StepStatus:
    state = _STATES[record.mark] if record else StepState.LOCKED
    if step.id == current:
        state = StepState.CURRENT
    return StepStatus(
        id=step.id,
        title=step.title,
        state=state,
        points=step.points,
        earned=record.earned(step.points) if record else 0,
        hints_used=record.hints_used if record else 0,
        hints_total=len(step.hints),
        seconds=(record.seconds if record else 0.0) + (pending if step.id == current else 0.0),
        planned=None if step.planned is None else planned_seconds(step.planned),
    )
