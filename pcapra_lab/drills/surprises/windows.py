"""The faults of one drill on its ribbon: each from when it struck until it was repaired."""

from collections.abc import Sequence
from dataclasses import dataclass

from pcapra_lab.drills.ribbon import Ribbon


@dataclass(frozen=True, slots=True)
class Window:
    """One fault of several, in seconds from the first."""

    label: str
    """The machine."""
    start: float
    end: float | None = None
    """None: it was not repaired."""

    def holds(self, begins: float, ends: float) -> bool:
        """Whether it lasts at some instant between these two."""
        return ends > self.start + 1e-9 and (self.end is None or begins < self.end - 1e-9)


def within(ribbon: Ribbon, cell: int, windows: Sequence[Window] = ()) -> bool:
    """Whether a cell lies in a fault's window; in the ribbon's own when there are no others."""
    begins = ribbon.start + cell * ribbon.width
    if not windows:
        return ribbon.within(cell)
    return any(one.holds(begins, begins + ribbon.width) for one in windows)
