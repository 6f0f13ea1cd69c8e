"""What a front shows of a training session: where it stands, and what it was told.

The first screen imports this module: it loads only what is light.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.exam_api import ExamView
from pcapra_lab.session.pace import Pace, pace_of


class StepState(StrEnum):
    """Where the trainee stands on a step."""

    LOCKED = "locked"
    CURRENT = "current"
    DONE = "done"
    HELPED = "helped"
    """Done with the solution: marked « aidé »."""
    SUBMITTED = "submitted"
    """Handed in, in an exam: what it is worth is told at the end."""
    UNGRADED = "ungraded"
    """Not done, and it cannot be: the product that it is about is not there."""


@dataclass(frozen=True, slots=True)
class StepStatus:
    """A step on the trainee's path."""

    id: str
    title: str
    state: StepState
    points: int
    """Points the step is worth."""
    earned: int
    hints_used: int
    hints_total: int
    """The solution not counted."""
    seconds: float
    """Time spent on it so far."""
    planned: float | None = None
    """Seconds it is meant to take; None when it does not say."""


@dataclass(frozen=True, slots=True)
class VmStatus:
    """One machine of the lab."""

    name: str
    title: str
    address: str
    power: VmPower


@dataclass(frozen=True, slots=True)
class SessionState:
    """A whole snapshot of the session, for drawing."""

    exercise: str
    current_step: str | None
    """None once everything is done."""
    steps: tuple[StepStatus, ...]
    vms: tuple[VmStatus, ...]
    ready: bool
    """The lab is up and prepared: shells and checks work."""
    seconds: float
    ungraded: str = ""
    """Why nothing can be graded, in words; empty when it can."""
    paused: bool = False
    """The trainee stopped the clock."""
    exam: ExamView | None = None
    """The exam that this run is, or was."""

    @property
    def pace(self) -> Pace | None:
        """Time used against the time planned; None when the steps do not plan any."""
        return pace_of(self.steps, self.current_step)

    @property
    def in_exam(self) -> bool:
        """An exam is being taken: nothing is told before its end."""
        return self.exam is not None and self.exam.running

    @property
    def earned(self) -> int:
        """Points earned so far."""
        return sum(s.earned for s in self.steps)

    @property
    def total(self) -> int:
        """Points the exercise is worth."""
        return sum(s.points for s in self.steps)


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of help. The last one of a step is its solution."""

    number: int
    total: int
    text: str
    is_solution: bool = False


class QuestionState(StrEnum):
    """What became of a question."""

    OPEN = "open"
    WRONG = "wrong"
    """The last answer was not right; another may be given."""
    RIGHT = "right"
    SHOWN = "shown"
    """Given up: its solution was shown."""
    GIVEN = "given"
    """Answered in an exam: judged at its end."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question of a quiz step, as far as the trainee may know it."""

    id: str
    text: str
    """Markdown."""
    state: QuestionState
    unit: str = ""
    options: tuple[str, ...] = ()
    """What is offered; an answer names them by their numbers, from 1. Nothing where a number is
    to be typed."""
    many: bool = False
    """Several options may be given."""
    ordered: bool = False
    """All options are given, in an order."""
    attempts: int = 0
    answer: str = ""
    """The last answer, in words."""
    given: str = ""
    """The last answer as it was given."""
    feedback: str = ""
    """What is wrong with it; never the solution."""
    solution: str = ""
    """In words, once over; empty before."""
    explanation: str = ""
    """Markdown, once over; empty before."""

    @property
    def over(self) -> bool:
        """Nothing more is asked."""
        return self.state not in (QuestionState.OPEN, QuestionState.WRONG)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on a VM as it is now; ``content`` is None when it does not exist."""

    vm: str
    path: str
    content: str | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A way back: the whole lab as it was at the beginning of a step."""

    step: str
    """The step's id; ``fin`` for the state after the last one."""
    title: str
    at: float
    """Seconds since the epoch."""
    mib: int
    """Disk it takes: saved memory of all machines."""


@dataclass(frozen=True, slots=True)
class WebConsole:
    """A web page of a machine, for the trainee's own browser."""

    id: str
    title: str
    vm: str
    port: int
    """On the machine."""
    url: str | None
    """On this host; None while it is not open."""


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A lesson on the home screen."""

    module: str
    id: str
    number: str
    title: str
    ready: bool
    level: str = ""
    exercise: str | None = None
    topology: str | None = None
    memory_mib: int = 0
    earned: int = 0
    total: int = 0
    steps_done: int = 0
    steps_total: int = 0
    current_step_title: str = ""
    seconds: float = 0.0
    last_used: float = 0.0
    """Seconds since the epoch; 0 when never started."""
    prepared: bool = False
    """The lab exists: it restores in seconds."""
    ungraded: bool = False
    """Nothing can be graded: the trainer's bundle is missing."""


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """A module on the home screen."""

    id: str
    number: str
    title: str
    summary: str
    lessons: tuple[LessonCard, ...]


@dataclass(frozen=True, slots=True)
class HostSummary:
    """The machine in a line."""

    accelerator: str
    """In words: « accélération matérielle (KVM) » or « émulation logicielle (TCG) »."""
    memory_free_mib: int
    disk_free_mib: int
    images_ready: bool
