"""Instants on one clock, the host's, and how well each of them is known."""

import math
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_DRIFT = 500e-6
"""Seconds a second: the most that a kernel slews its clock by, adjtimex(2)."""
_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant: ``at`` seconds on the host's CLOCK_MONOTONIC, give or take ``uncertainty``."""

    at: float
    uncertainty: float = 0.0

    @classmethod
    def between(cls, low: float, high: float) -> "Mark":
        """An instant known to lie between two others."""
        return cls((low + high) / 2, max(0.0, high - low) / 2)

    @property
    def low(self) -> float:
        """It was not before."""
        return self.at - self.uncertainty

    @property
    def high(self) -> float:
        """It was not after."""
        return self.at + self.uncertainty


@dataclass(frozen=True, slots=True)
class Measure:
    """A length of time in seconds, known to lie between ``low`` and ``high``.

    ``high`` is infinite when only a lower bound is known.
    """

    low: float
    high: float

    @classmethod
    def between(cls, earlier: Mark, later: Mark) -> "Measure":
        """From one instant to another that did not precede it."""
        return cls(max(0.0, later.low - earlier.high), max(0.0, later.high - earlier.low))

    @property
    def seconds(self) -> float:
        """The middle; the lower bound when nothing else is known."""
        return self.low if math.isinf(self.high) else (self.low + self.high) / 2

    @property
    def uncertainty(self) -> float:
        """The true length is within that much of ``seconds``, either way."""
        return math.inf if math.isinf(self.high) else (self.high - self.low) / 2


NOTHING = Measure(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One look at a machine's clock: it read ``guest`` at some instant from ``before`` to
    ``after``, the host's clock being read on both sides of the round trip."""

    boot: str
    """The machine's boot: its CLOCK_MONOTONIC means nothing to another."""
    before: float
    guest: float
    after: float

    @property
    def lowest(self) -> float:
        """The least that host minus guest can have been."""
        return self.before - self.guest

    @property
    def highest(self) -> float:
        """The most that host minus guest can have been."""
        return self.after - self.guest


class GuestClock:
    """From one machine's CLOCK_MONOTONIC to the host's, by samples of several boots.

    Between two samples of a boot the offset is somewhere between theirs, whatever the drift, as
    long as it has one direction: the uncertainty is half of what both allow together. A machine
    that was frozen has an offset that jumped, and its instants an uncertainty that says so. Beyond
    the last sample, the clock is allowed ``MAX_DRIFT``.
    """

    def __init__(self, samples: Iterable[ClockSample] = ()) -> None:
        self._boots: dict[str, list[ClockSample]] = {}
        for sample in samples:
            self.add(sample)

    def add(self, sample: ClockSample) -> None:
        """One more look at the clock."""
        insort(self._boots.setdefault(sample.boot, []), sample, key=_reading)

    def host(self, boot: str, guest: float) -> Mark | None:
        """When the machine's clock read ``guest``; None when that boot's was never looked at."""
        around = _around(self._boots.get(boot, ()), guest)
        if not around:
            return None
        low = min(sample.lowest for sample in around)
        high = max(sample.highest for sample in around)
        if len(around) == 1:
            drift = abs(guest - around[0].guest) * MAX_DRIFT
            low, high = low - drift, high + drift
        return Mark.between(guest + low, guest + high)

    def samples(self) -> list[ClockSample]:
        """What is known of it."""
        return [sample for known in self._boots.values() for sample in known]


def _around(samples: Sequence[ClockSample], guest: float) -> list[ClockSample]:
    """The best sample on either side of an instant: the shortest trip of the nearest few."""
    place = bisect_right(samples, guest, key=_reading)
    sides = samples[max(0, place - _NEAREST) : place], samples[place : place + _NEAREST]
    return [min(side, key=lambda s: s.after - s.before) for side in sides if side]


def _reading(sample: ClockSample) -> float:
    return sample.guest
