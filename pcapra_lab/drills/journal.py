"""What the numbered writer acknowledged, and what was found of it afterwards."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pcapra_lab.drills.clocks import ClockSample, GuestClock, Mark


@dataclass(frozen=True, slots=True)
class Ack:
    """A write that was acknowledged (``fsync`` or the commit returned), on its machine's clock."""

    number: int
    boot: str
    acked: float
    """CLOCK_MONOTONIC of the writer's machine."""
    wall: float = 0.0
    """CLOCK_REALTIME there, for people: nothing is computed from it."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What of the writer's data stands where it was written, whole or not."""

    present: frozenset[int] = frozenset()
    """Numbers whose record is there and whose checksum agrees."""
    corrupt: int = 0
    """Records that are there and cannot be trusted."""
    duplicates: int = 0
    """Records beyond the first of a number."""
    apart: int = 0
    """Numbers that another server of the database has, and not the one that takes writes."""


@dataclass(slots=True)
class Journal:
    """Acknowledgements from several copies of the writer's log, each number once, and looks at the
    clock of its machine."""

    acks: dict[int, Ack] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    """Writes that the system refused: not acknowledged, so never lost. A row is tried again."""
    clock: GuestClock = field(default_factory=GuestClock)

    def read(self, text: str) -> None:
        """Take the lines of one copy in. A line cut in the middle, by a crash, says nothing."""
        for line in text.splitlines():
            record = _record(line)
            if record is None:
                continue
            if isinstance(sample := record.get("sample"), list):
                self.clock.add(ClockSample(*sample))
            elif not isinstance(number := record.get("n"), int):
                continue
            elif "failed" in record:
                self.refused.add(number)
            else:
                self.acks.setdefault(
                    number,
                    Ack(
                        number,
                        str(record.get("boot", "")),
                        float(record.get("acked", 0.0)),
                        float(record.get("wall", 0.0)),
                    ),
                )

    @property
    def last(self) -> int:
        """The highest number acknowledged; 0 when none was."""
        return max(self.acks, default=0)

    def dated(self) -> dict[int, Mark]:
        """When each write was acknowledged, on the host's clock; those that can be dated."""
        marks = ((n, self.clock.host(ack.boot, ack.acked)) for n, ack in sorted(self.acks.items()))
        return {number: mark for number, mark in marks if mark is not None}


def sample_line(sample: ClockSample) -> str:
    """A look at the clock, as a line of a journal."""
    return json.dumps({"sample": [sample.boot, sample.before, sample.guest, sample.after]}) + "\n"


def numbers(ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The numbers of closed ranges: a survey comes back so, thousands in a few bytes."""
    return frozenset(n for first, last in ranges for n in range(first, last + 1))


def _record(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
