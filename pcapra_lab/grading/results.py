"""What grading comes to, in the trainee's words."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a check came to. Only FAIL counts against the trainee."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    ERROR = "error"
    """It could not be evaluated: VM unreachable, deadline passed, broken check."""
    SKIP = "skip"
    """A check it needs has not passed."""
    PENDING = "pending"
    """An acting check, not run by the watcher."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's outcome, in the trainee's words."""

    id: str
    title: str
    vm: str
    outcome: Outcome
    expected: str = ""
    observed: str = ""
    hint: str = ""
    seconds: float = 0.0
    priority: int = 0
    advice: tuple[str, ...] = ()
    """Of a failed check: what its facts suggest, from the vaguest to the most precise."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """All results of one step, root cause first."""

    step: str
    results: tuple[CheckResult, ...]
    round_trips: int
    seconds: float
    rto_seconds: float | None = None
    """Incident to first green check, when the step has an RTO objective and is now green."""
    rto_target: float | None = None
    watched: tuple[CheckResult, ...] = ()
    """The step's failchecks: one that passes found a state that going on cannot repair."""

    @property
    def lost(self) -> tuple[CheckResult, ...]:
        """The failchecks that hold: only a way back helps."""
        return tuple(r for r in self.watched if r.outcome is Outcome.PASS)

    @property
    def green(self) -> bool:
        """Every check passed, the acting ones too."""
        return all(r.outcome is Outcome.PASS for r in self.results)
