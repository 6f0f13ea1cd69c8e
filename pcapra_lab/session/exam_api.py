"""What a front sees of an exam. Light: the first screen may load it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading

    from pcapra_lab.session.api import EventSink


class ExamPhase(StrEnum):
    """Where an exam stands."""

    RUNNING = "running"
    PAUSED = "paused"
    """The machines sleep and the clock stands still."""
    FINISHED = "finished"
    ABANDONED = "abandoned"
    """Ended without a result."""


class Counted(StrEnum):
    """Which grading a step's verdict is of."""

    FINAL = "final"
    SUBMITTED = "submitted"
    """Green when it was handed in, not any more at the end."""
    UNREACHED = "unreached"
    """Its incident never happened: there was nothing to grade."""


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """What a step came to, at the end."""

    step: str
    title: str
    points: int
    earned: int
    green: bool
    counted: Counted
    passed: int
    """Checks, or questions, that passed at the grading that counts."""
    count: int


@dataclass(frozen=True, slots=True)
class ExamView:
    """An exam as it stands."""

    phase: ExamPhase
    started_at: float
    """Seconds since the epoch."""
    planned: float
    """Seconds given."""
    used: float
    """Seconds of the clock: pauses and sleep are not in it, but in the journal."""
    submitted: tuple[str, ...]
    """Ids of the steps handed in."""
    journal: str
    """The file where what happens is written."""
    fingerprint: str
    """The hash of its last entry: noted elsewhere, it binds all that is written so far."""
    verdicts: tuple[StepVerdict, ...] = ()
    """Once finished, every step's."""

    @property
    def running(self) -> bool:
        """It is not over."""
        return self.phase in (ExamPhase.RUNNING, ExamPhase.PAUSED)

    @property
    def left(self) -> float:
        """Seconds left; negative once the time is over."""
        return self.planned - self.used

    @property
    def earned(self) -> int:
        """Points earned; 0 before the end."""
        return sum(one.earned for one in self.verdicts)

    @property
    def total(self) -> int:
        """Points it is worth; 0 before the end."""
        return sum(one.points for one in self.verdicts)


class Exams(Protocol):
    """The exam of an exercise. Raises ``LabError`` for anything that went wrong."""

    def view(self) -> ExamView | None:
        """The exam that the current run is, or was; None when it is practice. Cheap."""
        ...

    def start(self, on_event: EventSink, cancel: threading.Event) -> ExamView:
        """All machines as prepared, progress at the first step, and the clock runs.

        Raises:
            LabError: an exam is running already, or the exercise cannot be graded here.
            Cancelled: ``cancel`` was set: no exam has begun.
        """
        ...

    def submit(self, on_event: EventSink) -> ExamView:
        """Hand in the current step: it is graded, untold, and the next one begins.

        Raises:
            LabError: no exam is running, it is paused, or every step is handed in.
        """
        ...

    def finish(self, on_event: EventSink) -> ExamView:
        """Grade every step once more, and close the journal with the verdicts.

        Raises:
            LabError: no exam is running, or the machines do not run. Nothing was ended.
        """
        ...

    def abandon(self) -> ExamView:
        """End it without a result, whatever state machines and journal are in.

        Raises:
            LabError: no exam is running.
        """
        ...
