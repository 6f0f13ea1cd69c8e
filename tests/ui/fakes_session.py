"""A session in memory: deterministic, no VM, no disk, no clock."""

import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from fake_consoles import FakeConsoles
from fake_exams import FakeExams
from fake_shells import FakeShell
from fakes_course import EXERCISE, LESSON, TOPOLOGY
from no_drills import NoDrills

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.checks import Effect
from pcapra_lab.content.models import Exercise, Topology
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.session.api import (
    Checkpoint,
    CheckResult,
    EventSink,
    Hint,
    Outcome,
    QuestionView,
    RemoteFile,
    SessionState,
    StepReport,
    StepState,
    StepStatus,
    VmPower,
    VmStatus,
)
from pcapra_lab.session.blueprint import Blueprint
from pcapra_lab.session.drill_api import Drills
from pcapra_lab.session.health import Vitals, VmHealth


@dataclass
class FakeSession:
    """A session whose machines are a set of passing checks."""

    passing: set[str] = field(default_factory=set)
    """Ids of checks that pass now."""
    done: int = 0
    """How many steps are done."""
    exercise: Exercise = EXERCISE
    topology: Topology = TOPOLOGY
    lesson: LessonDocument = LESSON
    power: VmPower = VmPower.SAVED
    ready: bool = False
    seconds: float = 761.0
    calls: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    shells: dict[str, FakeShell] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    helped: set[str] = field(default_factory=set)
    advice: dict[str, str] = field(default_factory=dict)
    """By check."""
    lost: tuple[CheckResult, ...] = ()
    """Failchecks that hold."""
    start_errors: deque[LabError] = field(default_factory=deque)
    shell_errors: deque[LabError] = field(default_factory=deque)
    stop_errors: deque[LabError] = field(default_factory=deque)
    pause_errors: deque[LabError] = field(default_factory=deque)
    events: tuple[LabEvent, ...] = ()
    holds: threading.Event = field(default_factory=threading.Event)
    """``start`` and ``check`` wait for it: set from the beginning, cleared by a test."""
    solves: threading.Event = field(default_factory=threading.Event)
    """``solve`` waits for it: set from the beginning, cleared by a test."""
    powers: dict[str, VmPower] = field(default_factory=dict)
    """Of machines that fell."""
    followers: list[Callable[[str, VmPower], None]] = field(default_factory=list)
    vitals: dict[str, Vitals | None] = field(default_factory=dict)
    """None for an answer that made no sense."""
    health_errors: deque[LabError] = field(default_factory=deque)
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cables_out: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)
    """Machines that answer to ``health`` only once ``heard`` is set."""
    heard: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    silent_reset: bool = False
    """After a reset no link is seen to fall."""
    web: FakeConsoles = field(default_factory=FakeConsoles)
    drills: Drills = field(default_factory=NoDrills)
    exams: FakeExams = field(default_factory=FakeExams)
    blueprint: Blueprint | None = None
    planned: tuple[float, ...] = ()
    """Of each step, in seconds; none: the exercise plans no time."""
    paused: bool = False
    checking: int = 0
    most_checking: int = 0
    closed: bool = False

    def __post_init__(self) -> None:
        self.holds.set()
        self.solves.set()
        self._lock = threading.Lock()

    # State

    def state(self) -> SessionState:
        steps = tuple(self._status(i) for i in range(len(self.exercise.steps)))
        current = None if self.done >= len(steps) else steps[self.done].id
        vms = tuple(
            VmStatus(v.name, v.title, v.address, self.powers.get(v.name, self.power))
            for v in self.topology.vms
        )
        return SessionState(
            self.exercise.id,
            current,
            steps,
            vms,
            self.ready,
            self.seconds,
            paused=self.paused,
            exam=self.exams.view(),
        )

    def _status(self, index: int) -> StepStatus:
        step = self.exercise.steps[index]
        used = self.hints.get(step.id, 0)
        if index < self.done:
            state = StepState.HELPED if step.id in self.helped else StepState.DONE
        else:
            state = StepState.CURRENT if index == self.done else StepState.LOCKED
        if self.exams.exam is not None and step.id in self.exams.exam.submitted:
            state = StepState.SUBMITTED
        earned = 0 if index >= self.done or step.id in self.helped else step.points - 2 * used
        seconds = 120.0 if index < self.done else 41.0 if index == self.done else 0.0
        total = len(step.hints)
        planned = self.planned[index] if self.planned else None
        told = (earned, used, total, seconds, planned)
        return StepStatus(step.id, step.title, state, step.points, *told)

    # The lab

    def start(self, on_event: EventSink, cancel: threading.Event) -> None:
        self.calls.append("start")
        for event in self.events:
            on_event(event)
        while not self.holds.wait(0.005):
            if cancel.is_set():
                raise Cancelled()
        if self.start_errors:
            raise self.start_errors.popleft()
        self.power, self.ready, self.paused = VmPower.RUNNING, True, False
        self.powers.clear()
        on_event(LabEvent(Phase.READY))

    def stop(self, on_event: EventSink) -> None:
        self.calls.append("stop")
        on_event(LabEvent(Phase.SAVE, fraction=0.5, elapsed=1.0))
        if self.stop_errors:
            raise self.stop_errors.popleft()
        self.power, self.ready = VmPower.SAVED, False

    def reset(self, on_event: EventSink, cancel: threading.Event, vm: str | None = None) -> None:
        self.calls.append(f"reset {vm or 'lab'}")
        for name, shell in self.shells.items():
            if vm in (None, name) and not self.silent_reset:
                shell.close()
        if vm is None:
            self.done, self.passing, self.hints = 0, set(), {}
            self.powers.clear()
        else:
            self.powers.pop(vm, None)

    def rewind(self, step_id: str, on_event: EventSink, cancel: threading.Event) -> None:
        self.calls.append(f"rewind {step_id}")
        self.lost = ()
        self.done = [step.id for step in self.exercise.steps].index(step_id)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        done = self.exercise.steps[: self.done]
        return tuple(Checkpoint(s.id, s.title, 1.0 + i, 300) for i, s in enumerate(done))

    def follow(self, on_power: Callable[[str, VmPower], None]) -> Callable[[], None]:
        self.followers.append(on_power)
        return lambda: self.followers.remove(on_power)

    def become(self, vm: str, power: VmPower) -> None:
        """A machine changes by itself, and its followers hear it from another thread."""
        self.powers[vm] = power
        if power is VmPower.STOPPED and vm in self.shells:
            self.shells[vm].close()
        for follower in self.followers:
            told = threading.Thread(target=follower, args=(vm, power))
            told.start()
            told.join()

    # Questions: a quiz is played with a real session, see ``test_lesson_quiz.py``.

    def way_back(self) -> str | None:
        return self.exercise.steps[self.done].id

    def questions(self) -> tuple[QuestionView, ...]:
        return ()

    def answer(self, question: str, answer: str) -> QuestionView:
        raise AssertionError("no step of this exercise asks anything")

    def give_up(self, question: str) -> QuestionView:
        raise AssertionError("no step of this exercise asks anything")

    # Pauses, exams, the architecture

    def pause(self, on_event: EventSink) -> None:
        self.calls.append("pause")
        if self.pause_errors:
            raise self.pause_errors.popleft()
        self.paused = True
        if self.exams.running:
            self.stop(on_event)

    def resume(self, on_event: EventSink, cancel: threading.Event) -> None:
        self.calls.append("resume")
        self.paused = False

    def survey(self) -> None:
        self.calls.append("survey")
        if self.health_errors:
            raise self.health_errors.popleft()

    # Grading

    def check(
        self,
        *,
        observe_only: bool = False,
        on_event: EventSink = lambda _event: None,
        cancel: threading.Event | None = None,
    ) -> StepReport:
        with self._lock:
            self.checking += 1
            self.most_checking = max(self.most_checking, self.checking)
        try:
            self.calls.append("look" if observe_only else "check")
            while not self.holds.wait(0.01):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
            report = replace(self._report(observe_only), watched=self.lost)
            advised = (
                replace(r, advice=(self.advice[r.id],)) if r.id in self.advice else r
                for r in report.results
            )
            report = replace(report, results=tuple(advised))
            if report.green and not observe_only:
                self.done += 1
            return report
        finally:
            with self._lock:
                self.checking -= 1

    def _report(self, observe_only: bool) -> StepReport:
        step = self.exercise.steps[self.done]
        results: list[CheckResult] = []
        passed: set[str] = set()
        for check in step.checks:
            if not set(check.needs) <= passed:
                outcome = Outcome.SKIP
            elif observe_only and check.effect is Effect.ACT:
                outcome = Outcome.PENDING
            else:
                outcome = Outcome.PASS if check.id in self.passing else Outcome.FAIL
            if outcome is Outcome.PASS:
                passed.add(check.id)
            results.append(
                CheckResult(
                    check.id,
                    check.title,
                    check.vm,
                    outcome,
                    expected="/restore/srv/www/canari.txt, sha256 9f3c…",
                    observed="fichier absent",
                    hint=check.hint,
                )
            )
        report = StepReport(step.id, tuple(results), 1, 0.2)
        if report.green and step.objective is not None:
            return replace(report, rto_seconds=252.0, rto_target=600.0)
        return report

    def hint(self) -> Hint:
        step = self.exercise.steps[self.done]
        used = self.hints.get(step.id, 0)
        if used >= len(step.hints):
            self.helped.add(step.id)
            total = len(step.hints) + 1
            return Hint(total, total, "# Sur srv (root)\nborg extract", is_solution=True)
        self.hints[step.id] = used + 1
        return Hint(used + 1, len(step.hints), step.hints[used])

    def solve(self, on_event: EventSink, cancel: threading.Event | None = None) -> StepReport:
        step = self.exercise.steps[self.done]
        self.calls.append("solve")
        on_event(LabEvent(Phase.PREPARE, vm="srv", detail="solution"))
        self.helped.add(step.id)
        while not self.solves.wait(0.01):
            if cancel is not None and cancel.is_set():
                raise Cancelled
        self.passing |= {check.id for check in step.checks}
        report = self._report(observe_only=False)
        self.done += 1
        return report

    # Health

    def health(self, vms: Collection[str]) -> tuple[VmHealth, ...]:
        return tuple(self._health(vm) for vm in vms)

    def _health(self, vm: str) -> VmHealth:
        self.asked.append(vm)
        if vm in self.mute:
            self.heard.wait()
        if self.health_errors:
            raise self.health_errors.popleft()
        power = self.powers.get(vm, self.power)
        faults, out = self.faults.get(vm, ()), vm in self.cables_out
        if power is not VmPower.RUNNING:
            return VmHealth(vm, power, faults, out)
        vitals = self.vitals.get(vm, Vitals())
        problem = "" if vitals is not None else "réponse illisible à la mesure (code de sortie 0)"
        return VmHealth(vm, power, faults, out, vitals, problem)

    # Shells and files

    def open_shell(self, vm: str, columns: int, rows: int) -> FakeShell:
        if self.shell_errors:
            raise self.shell_errors.popleft()
        # As bash does at its prompt: bracketed paste on.
        shell = FakeShell(
            f"\x1b[?2004h\x1b[1;32mstagiaire@{vm}\x1b[0m:\x1b[1;34m~\x1b[0m$ ".encode()
        )
        self.shells[vm] = shell
        self.calls.append(f"shell {vm}")
        return shell

    def read_file(self, vm: str, path: str) -> RemoteFile:
        return RemoteFile(vm, path, self.files.get(f"{vm}:{path}"))

    def write_file(self, vm: str, path: str, content: str, mode: str) -> None:
        self.files[f"{vm}:{path}"] = content
        self.calls.append(f"write {vm}:{path} {mode}")

    def close(self) -> None:
        self.closed = True
        self.calls.append("close")
