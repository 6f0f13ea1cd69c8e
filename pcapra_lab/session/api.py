"""What a front sees of a training session: events, results, and the session itself.

Everything here is synchronous and may block for seconds: a front with a screen calls it from
worker threads. Callbacks are called from whichever thread does the work, never on the front's.

The first screen imports this module: it loads only what is light.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.views import (
    Checkpoint,
    Hint,
    HostSummary,
    LessonCard,
    ModuleCard,
    QuestionState,
    QuestionView,
    RemoteFile,
    SessionState,
    StepState,
    StepStatus,
    VmStatus,
    WebConsole,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection

    from pcapra_lab.content.blocks import LessonDocument
    from pcapra_lab.content.glossary import Lexicon
    from pcapra_lab.content.models import Exercise, Topology
    from pcapra_lab.content.search import Hit
    from pcapra_lab.remote.shell import Shell
    from pcapra_lab.session.blueprint import Blueprint
    from pcapra_lab.session.drill_api import Drills
    from pcapra_lab.session.exam_api import Exams
    from pcapra_lab.session.health import VmHealth

__all__ = [
    "Application",
    "CheckResult",
    "Checkpoint",
    "EventSink",
    "Hint",
    "HostSummary",
    "LessonCard",
    "ModuleCard",
    "Outcome",
    "QuestionState",
    "QuestionView",
    "RemoteFile",
    "SessionState",
    "StepReport",
    "StepState",
    "StepStatus",
    "TraineeSession",
    "VmPower",
    "VmStatus",
    "WebConsole",
    "WebConsoles",
]

EventSink = Callable[[LabEvent], None]


class WebConsoles(Protocol):
    """The lesson's web consoles. Open ones end with the session, and when the lab is stopped."""

    def listed(self) -> tuple[WebConsole, ...]:
        """All of them, in the lesson's order."""
        ...

    def open(self, console_id: str) -> WebConsole:
        """Open one, or find it open: it now has its address.

        It goes on leading to its machine after a reset. A page that does not answer yet says so
        in the browser, and is tried again there.

        Raises:
            LabError: there is no such console, or its machine does not run.
        """
        ...

    def close(self) -> None:
        """Close those that are open."""
        ...


class TraineeSession(Protocol):
    """One trainee on one exercise. Raises ``LabError`` for anything that went wrong."""

    exercise: Exercise
    topology: Topology
    lesson: LessonDocument
    """Parameters already filled in."""

    @property
    def web(self) -> WebConsoles:
        """The lesson's web consoles."""
        ...

    @property
    def drills(self) -> Drills:
        """The drill of each step that has one."""
        ...

    @property
    def blueprint(self) -> Blueprint | None:
        """The target architecture as it is now; None when the exercise draws none."""
        ...

    @property
    def exams(self) -> Exams:
        """The exam that this run is. While it lasts, nothing helps, tells or goes back: what is
        called for that raises ``LabError``, and a look at a step says nothing."""
        ...

    def state(self) -> SessionState:
        """Where things stand. Cheap: reads the database and the hypervisor, no SSH."""
        ...

    def start(self, on_event: EventSink, cancel: threading.Event) -> None:
        """Bring the lab up (first preparation or restore) at the trainee's current step."""
        ...

    def stop(self, on_event: EventSink) -> None:
        """Save the machines to disk; nothing is left running."""
        ...

    def pause(self, on_event: EventSink) -> None:
        """Stop the clock until the trainee is back at work. In an exam the machines are put to
        sleep.

        Raises:
            LabError: nothing was begun, it is paused already, or a drill runs.
        """
        ...

    def resume(self, on_event: EventSink, cancel: threading.Event) -> None:
        """Let the clock go on. In an exam the machines are brought up. So does ``start``, and
        outside exams checking, answering and asking for help.

        Raises:
            LabError: there is no pause.
        """
        ...

    def reset(self, on_event: EventSink, cancel: threading.Event, vm: str | None = None) -> None:
        """Back to the prepared state: progress restarts at the first step.

        Of one VM, back to the beginning of the current step: the others and progress are kept.
        """
        ...

    def rewind(self, step_id: str, on_event: EventSink, cancel: threading.Event) -> None:
        """All machines back to the beginning of a step reached before, or to ``fin``.

        What was earned stays, and so do the later checkpoints: one can rewind forward again.
        """
        ...

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The steps that can be rewound to, oldest first."""
        ...

    def way_back(self) -> str | None:
        """The step that can be rewound to from a state that is lost: the current one, or the last
        before it with a checkpoint. None when there is none."""
        ...

    def check(
        self,
        *,
        observe_only: bool = False,
        on_event: EventSink = ...,
        cancel: threading.Event | None = None,
    ) -> StepReport:
        """Grade the current step. When it is green the next step begins: its setup is run, and
        a checkpoint is kept, both told to ``on_event``.

        ``observe_only`` is the watcher's: acting checks stay PENDING, so a step that has some
        never turns green by it, and nothing is recorded as an attempt.

        Raises:
            Cancelled: ``cancel`` was set while it looked: nothing was recorded.
        """
        ...

    def survey(self) -> None:
        """Look again at what the target architecture shows of the steps behind: observing checks
        only, nothing is recorded. One round trip a step and a machine. In an exam or a surprise
        drill, nothing.

        Raises:
            LabError: the machines do not run.
        """
        ...

    def questions(self) -> tuple[QuestionView, ...]:
        """The questions of the current step; none when it is done on machines. Cheap."""
        ...

    def answer(self, question: str, answer: str) -> QuestionView:
        """Judge an answer to a question of the current step; the question as it is then.

        An answer is a number as a person types it, or the numbers of options: ``2``, ``1 3``.
        Once all are over, ``check`` turns the step green.

        Raises:
            LabError: no such question, it is over, or this is no answer: nothing was counted.
        """
        ...

    def give_up(self, question: str) -> QuestionView:
        """Show a question's solution: it earns nothing, and the step is marked as helped."""
        ...

    def hint(self) -> Hint:
        """The next hint of the current step, recorded as used."""
        ...

    def solve(self, on_event: EventSink, cancel: threading.Event | None = None) -> StepReport:
        """Run the current step's solution, then grade it; the step is marked as helped.

        Raises:
            Cancelled: ``cancel`` was set: what was done so far stays done, nothing was graded.
        """
        ...

    def follow(self, on_power: Callable[[str, VmPower], None]) -> Callable[[], None]:
        """Tell each machine that stops, freezes or comes back without being asked to.

        Returns:
            What ends it.
        """
        ...

    def health(self, vms: Collection[str]) -> tuple[VmHealth, ...]:
        """How machines are, in their order: one round trip to each that runs, none to others.

        Raises:
            LabError: no such machine, or the lab's state cannot be read. A machine that does not
                answer raises nothing: its ``problem`` tells.
        """
        ...

    def open_shell(self, vm: str, columns: int, rows: int) -> Shell:
        """A login shell of the trainee on ``vm``, on a PTY."""
        ...

    def read_file(self, vm: str, path: str) -> RemoteFile:
        """Read a text file as root (at most 1 MiB)."""
        ...

    def write_file(self, vm: str, path: str, content: str, mode: str) -> None:
        """Write a text file as root, atomically, making its folder if needed."""
        ...

    def close(self) -> None:
        """Release connections and the lab's lock. The machines go on running."""
        ...


class Application(Protocol):
    """What the home screen needs."""

    def modules(self) -> tuple[ModuleCard, ...]:
        """The course with the trainee's progress. Cheap."""
        ...

    def host(self) -> HostSummary:
        """The machine. May take seconds the first time (acceleration is tried by a boot)."""
        ...

    def resume(self) -> LessonCard | None:
        """The lesson the trainee was on last, if it is not finished."""
        ...

    def open(self, exercise: str) -> TraineeSession:
        """Take the lab's lock and open a session. Raises ``LabBusy`` naming the holder."""
        ...

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        """A lesson for reading, without any VM."""
        ...

    def lexicon(self) -> Lexicon:
        """The course's glossary, empty when it has none."""
        ...

    def search(self, query: str) -> tuple[Hit, ...]:
        """Sections of all ready lessons with every word of ``query``, whatever the accents."""
        ...
