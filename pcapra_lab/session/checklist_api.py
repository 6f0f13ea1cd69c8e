"""What a front sees of an exercise's checklist."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pcapra_lab.grading.results import Outcome


class LineState(StrEnum):
    """What probes say of a line. Nothing is guessed: what was not probed is unknown."""

    TRUE = "true"
    FALSE = "false"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One check that a line stands on."""

    check: str
    """``step/check``, or ``line:check`` when it is the line's own."""
    title: str
    vm: str
    outcome: Outcome | None
    """None: it was not evaluated, its machine does not run."""
    expected: str = ""
    observed: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line, as it was found."""

    id: str
    category: str
    title: str
    state: LineState
    reason: str = ""
    """Why it is not applicable, or unknown."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """A whole checklist, as it was found at one moment."""

    exercise: str
    at: float
    """Seconds since the epoch."""
    lines: tuple[ChecklistLine, ...]
    round_trips: int = 0
    acted: bool = False
    """Checks that act on the machines were run too."""

    def count(self, state: LineState) -> int:
        """How many lines are in a state."""
        return sum(line.state is state for line in self.lines)

    @property
    def complete(self) -> bool:
        """Every line that applies is true."""
        return all(line.state in (LineState.TRUE, LineState.NOT_APPLICABLE) for line in self.lines)
