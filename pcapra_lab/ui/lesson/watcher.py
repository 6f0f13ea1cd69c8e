"""When to look again, without being asked."""

from collections.abc import Callable


class WatchPolicy:
    """Spaces out the watcher's looks, so that they cost the machines little.

    Looks are paid from a budget: a few may follow each other at once, and in the long run they
    keep to ``share`` of the time. What costs more than ``patience`` lets the budget pay is put off
    no further, and keeps to ``most`` of the time. Times are in seconds.

    Args:
        clock: monotonic.
        rest: the least between the end of a grading of any kind and the next look.
        share: of the time, in the long run.
        burst: of looking, that may be spent at once.
        patience: how long the budget may put a look off.
        most: of the time, for costly looks; at least ``share``.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        rest: float,
        share: float,
        *,
        burst: float = 1.5,
        patience: float = 20.0,
        most: float = 0.25,
    ) -> None:
        self._clock = clock
        self._rest = rest
        self._share = share
        self._burst = burst
        self._patience = patience
        self._most = max(most, share)
        self._budget = burst
        self._counted = clock()
        """When the budget was what it says."""
        self._began: float | None = None
        self._not_before = 0.0

    def delay(self) -> float:
        """Seconds to wait before looking; 0 to look now."""
        return max(0.0, self._not_before - self._clock())

    def begins(self) -> None:
        """A look begins. What a person asks for is not told: it is not of the watcher's budget."""
        self._began = self._clock()
        grown = self._budget + (self._began - self._counted) * self._share
        self._budget, self._counted = min(self._burst, grown), self._began

    def ends(self) -> None:
        """A grading of any kind has just ended."""
        now, rest = self._clock(), self._rest
        if self._began is not None:
            cost = now - self._began
            self._budget -= cost
            self._counted, self._began = now, None
            refilled = max(0.0, -self._budget) / self._share
            rest = max(rest, min(refilled, self._patience), cost * (1 / self._most - 1))
        self._not_before = now + rest
