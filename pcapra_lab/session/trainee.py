"""A trainee's session: an exercise on its lab, with progress."""

import threading
import time

from pcapra_lab.content.base import seconds as duration_seconds
from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.fill import fill, fill_hints
from pcapra_lab.content.models import Exercise, Step, Topology
from pcapra_lab.content.parameters import draw
from pcapra_lab.drills.objective import Instant, Timeline, measure_rto
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.power import VmPower
from pcapra_lab.progress.records import StepMark, StepRecord
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.remote.shell import Shell
from pcapra_lab.session.api import (
    EventSink,
    Hint,
    RemoteFile,
    SessionState,
    StepState,
    StepStatus,
    VmStatus,
)
from pcapra_lab.session.guest_files import read_file, write_file
from pcapra_lab.session.playground import Playground, ignore
from pcapra_lab.session.stopwatch import Stopwatch

_STATES = {
    StepMark.CURRENT: StepState.CURRENT,
    StepMark.DONE: StepState.DONE,
    StepMark.HELPED: StepState.HELPED,
}


class LabSession:
    """``session.api.TraineeSession`` on real machines."""

    def __init__(
        self,
        installation: Installation,
        progress: ProgressStore,
        exercise_id: str,
        *,
        exclusive: bool = True,
    ) -> None:
        self._progress = progress
        self._id = exercise_id
        # The lesson before the lock: a malformed one must not leave the lab taken.
        self.exercise: Exercise = installation.catalogue.exercise(exercise_id)
        module, _, name = self.exercise.lesson.partition("/")
        document = installation.catalogue.lesson(module, name)
        seed = progress.seed(exercise_id)
        parameters = draw(self.exercise.parameters, seed)
        self.lesson: LessonDocument = fill(document, parameters)
        self.exercise = fill_hints(self.exercise, parameters)
        self._play = Playground(
            installation,
            exercise_id,
            exercise_id,
            seed,
            exclusive=exclusive,
        )
        self.topology: Topology = self._play.topology
        self._watch = Stopwatch(self._spent)
        self._ready = False
        # Grading, solving and resetting never overlap: each changes what the others look at.
        self._turn = threading.RLock()

    def state(self) -> SessionState:
        """See ``TraineeSession.state``."""
        self._watch.tick()
        records = self._progress.steps(self._id)
        current = self._current_id()
        steps = tuple(self._status(s, records.get(s.id), current) for s in self.exercise.steps)
        return SessionState(
            exercise=self._id,
            current_step=current,
            steps=steps,
            vms=self._vms(),
            ready=self._ready,
            seconds=sum(s.seconds for s in steps),
        )

    def start(self, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``TraineeSession.start``."""
        with self._turn:
            first = self._play.up(on_event, cancel)
            if first and self._progress.steps(self._id):
                self._progress.restart(self._id)
            self._enter_current(on_event)
            self._ready = True
        self._watch.start()

    def stop(self, on_event: EventSink) -> None:
        """See ``TraineeSession.stop``."""
        with self._turn:
            self._watch.stop()
            self._ready = False
            self._play.down(on_event)

    def delete(self) -> None:
        """Remove the machines and their disks; the progress made is kept as history."""
        with self._turn:
            self._watch.stop()
            self._ready = False
            self._play.delete()

    def reset(self, on_event: EventSink, cancel: threading.Event, vm: str | None = None) -> None:
        """See ``TraineeSession.reset``."""
        with self._turn:
            if vm is not None:
                self._play.lab.reset_vm(self._known(vm), on_event, cancel)
                return
            self._watch.stop()
            self._play.lab.reset(on_event, cancel)
            self._progress.restart(self._id)
            self._enter_current(on_event)
            self._ready = True
        self._watch.start()

    def check(self, *, observe_only: bool = False) -> StepReport:
        """See ``TraineeSession.check``."""
        with self._turn:
            step = self._current()
            # Its setup failed when the step before it was passed: try again.
            self._enter_current(ignore)
            began = Instant.now()
            report = self._play.grade(step, observe_only=observe_only)
            report = self._measured(step, report, began)
            self._watch.tick()
            if observe_only:
                return report
            self._progress.record_attempt(
                self._id,
                step.id,
                green=report.green,
                seconds=report.seconds,
                outcomes={r.id: r.outcome.value for r in report.results},
            )
            if report.green:
                following = self._after(step)
                self._progress.finish(
                    self._id, step.id, next_step=following.id if following else None
                )
                self._enter_current(ignore)
            return report

    def hint(self) -> Hint:
        """See ``TraineeSession.hint``."""
        step = self._current()
        record = self._progress.steps(self._id)[step.id]
        total = len(step.hints) + 1
        number = min(record.hints_used + 1, total)
        if number <= len(step.hints):
            self._progress.use_hint(self._id, step.id, number)
            return Hint(number, total, step.hints[number - 1])
        return self.solution()

    def solution(self) -> Hint:
        """The current step's solution in words; the step will be marked as helped."""
        step = self._current()
        total = len(step.hints) + 1
        self._progress.use_solution(self._id, step.id)
        return Hint(total, total, self._solution_text(step), is_solution=True)

    def current_status(self) -> StepStatus:
        """Where the trainee stands on the current step.

        Raises:
            LabError: every step is done, or the lab is not up.
        """
        current = self._current()
        return next(step for step in self.state().steps if step.id == current.id)

    def solve(self, on_event: EventSink) -> StepReport:
        """See ``TraineeSession.solve``."""
        with self._turn:
            step = self._current()
            self._enter_current(on_event)
            self._progress.use_solution(self._id, step.id)
            started = time.monotonic()
            for number, script in enumerate(step.solution):
                on_event(
                    LabEvent(
                        Phase.PREPARE,
                        script.vm,
                        number / len(step.solution),
                        time.monotonic() - started,
                        detail=f"solution : {script.script}",
                    )
                )
                self._play.run([script])
            on_event(LabEvent(Phase.READY, fraction=1.0, elapsed=time.monotonic() - started))
            return self.check()

    def open_shell(self, vm: str, columns: int, rows: int) -> Shell:
        """See ``TraineeSession.open_shell``."""
        return self._play.lab.links.get(self._known(vm), "stagiaire").shell(columns, rows)

    def read_file(self, vm: str, path: str) -> RemoteFile:
        """See ``TraineeSession.read_file``."""
        return read_file(self._play.lab.links.get(self._known(vm), "root"), path)

    def write_file(self, vm: str, path: str, content: str, mode: str) -> None:
        """See ``TraineeSession.write_file``."""
        write_file(self._play.lab.links.get(self._known(vm), "root"), path, content, mode)

    def close(self) -> None:
        """See ``TraineeSession.close``."""
        self._watch.stop()
        self._play.close()

    # -- the path through the steps ---------------------------------------------------------

    def _current_id(self) -> str | None:
        records = self._progress.steps(self._id)
        for step in self.exercise.steps:
            record = records.get(step.id)
            if record is None or record.mark is StepMark.CURRENT:
                return step.id
        return None

    def _current(self) -> Step:
        current = self._current_id()
        if current is None:
            raise LabError(
                "toutes les étapes de cet exercice sont réussies",
                hint="pcapra-lab reset le recommence depuis le début",
            )
        if not self._ready:
            self._attach()
        return next(step for step in self.exercise.steps if step.id == current)

    def _attach(self) -> None:
        """A new process finds the machines running: nothing to start, only to make sure."""
        power = self._power()
        asleep = [name for name, state in power.items() if state is not VmPower.RUNNING]
        if not power or asleep or not self._play.lab.prepared:
            raise LabError(
                f"le laboratoire {self._id} n'est pas démarré"
                + (f" ({', '.join(asleep)} à l'arrêt)" if asleep else ""),
                hint=f"pcapra-lab up {self._id}",
            )
        self._enter_current(ignore)
        self._ready = True

    def _enter_current(self, on_event: EventSink) -> None:
        current = self._current_id()
        if current is None:
            return
        self._progress.enter(self._id, current)
        step = self._play.step(current)
        if self._progress.steps(self._id)[current].setup_done:
            return
        if step.setup:
            on_event(LabEvent(Phase.PREPARE, detail=f"étape « {step.title} »"))
            self._play.run(step.setup)
        if step.objective is not None:
            timeline = Timeline(duration_seconds(step.objective.rto))
            timeline.begin()
            self._progress.save_timeline(self._id, current, timeline.to_json())
        self._progress.setup_done(self._id, current)

    def _after(self, step: Step) -> Step | None:
        position = self.exercise.steps.index(step) + 1
        return self.exercise.steps[position] if position < len(self.exercise.steps) else None

    # -- details ----------------------------------------------------------------------------

    def _measured(self, step: Step, report: StepReport, began: Instant) -> StepReport:
        """The report with its recovery time, if the step has an objective and is green."""
        text = self._progress.steps(self._id)[step.id].timeline
        if text is None:
            return report
        timeline = Timeline.from_json(text)
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
        return StepReport(
            report.step,
            report.results,
            report.round_trips,
            report.seconds,
            rto_seconds=result.seconds,
            rto_target=result.target,
        )

    def _status(self, step: Step, record: StepRecord | None, current: str | None) -> StepStatus:
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
            seconds=record.seconds if record else 0.0,
        )

    def _vms(self) -> tuple[VmStatus, ...]:
        power = self._power()
        return tuple(
            VmStatus(vm.name, vm.title, vm.address, power.get(vm.name, VmPower.ABSENT))
            for vm in self.topology.vms
        )

    def _power(self) -> dict[str, VmPower]:
        """Every machine's state; empty when none can exist. Looking starts no daemon."""
        if self._play.has_lab and self._play.installation.daemons.running():
            return self._play.lab.power()
        return {}

    def _solution_text(self, step: Step) -> str:
        parts = []
        for script in step.solution:
            body = (self._play.folder / script.script).read_text(encoding="utf-8")
            parts.append(f"# Sur {script.vm} ({script.user.value})\n{body.strip()}")
        return "\n\n".join(parts)

    def _known(self, vm: str) -> str:
        names = [v.name for v in self.topology.vms]
        if vm not in names:
            raise LabError(
                f"la machine « {vm} » n'existe pas dans cet exercice",
                hint=f"machines : {', '.join(names)}",
            )
        return vm

    def _spent(self, seconds: float) -> None:
        current = self._current_id()
        if current is not None and current in self._progress.steps(self._id):
            self._progress.add_seconds(self._id, current, seconds)
