"""What the store hands out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pcapra_lab.progress.points import earned


class StepMark(StrEnum):
    """Where a step that was reached stands. One that was not has no record."""

    CURRENT = "current"
    DONE = "done"
    HELPED = "helped"
    """Done, with the solution."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of the current run. Moments are in seconds since the epoch."""

    step: str
    entered_at: float
    finished_at: float | None
    seconds: float
    """Time spent on it."""
    setup_done: bool
    """Its setup (the incident, past archives) has run to its end."""
    hints_used: int
    """The solution not counted."""
    helped: bool
    """The solution was shown or run, whether or not the step is finished."""
    timeline: str | None
    """The recovery timeline as the caller wrote it."""
    score: float | None = None
    """Of a finished quiz: the part of its points that its answers earned."""

    @property
    def mark(self) -> StepMark:
        """Current until finished, even when helped."""
        if self.finished_at is None:
            return StepMark.CURRENT
        return StepMark.HELPED if self.helped else StepMark.DONE

    def earned(self, points: int) -> int:
        """Points earned of the ``points`` it is worth: none until it is finished."""
        if self.finished_at is None:
            return 0
        if self.score is not None:
            return earned(round(points * self.score), self.hints_used, helped=False, worth=points)
        return earned(points, self.hints_used, helped=self.helped)


class AnswerState(StrEnum):
    """Where a question that was answered stands."""

    WRONG = "wrong"
    RIGHT = "right"
    SHOWN = "shown"
    """Its solution was shown."""

    @property
    def over(self) -> bool:
        """Nothing is asked any more."""
        return self is not AnswerState.WRONG


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """A question of the current run that was answered, or given up."""

    question: str
    state: AnswerState
    attempts: int
    """Answers given, the right one included."""
    given: str
    """The last of them; empty when none was."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One check run that the trainee asked for."""

    run: int
    step: str
    at: float
    green: bool
    seconds: float
    """What the evaluation took."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """Outcome by check id, in the words of ``grading.results.Outcome``."""


@dataclass(frozen=True, slots=True)
class RtoRecord:
    """A recovery time measured on a step."""

    run: int
    step: str
    at: float
    seconds: float
    uncertainty_seconds: float | None
    target: float
    met: bool


class DrillState(StrEnum):
    """How far a drill is."""

    DECLARED = "declared"
    """The trainee said what they aim at."""
    RUNNING = "running"
    ENDED = "ended"
    INTERRUPTED = "interrupted"
    """Given up, or cut short: nothing was measured."""

    @property
    def over(self) -> bool:
        """Nothing more happens in it."""
        return self in (DrillState.ENDED, DrillState.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """A drill on a step."""

    id: int
    run: int
    step: str
    state: DrillState
    declared_at: float
    ended_at: float | None
    data: dict[str, Any]
    """What the caller keeps: its timeline, its result."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where the trainee was last."""

    exercise: str
    step: str | None
    """None when the exercise is finished."""
    at: float
