"""When to look again, without being asked."""

from collections.abc import Callable


class WatchPolicy:
    """Spaces out the watcher's runs.

    Args:
        clock: seconds, monotonic.
        interval: the least seconds between the end of a run and the next.
    """

    def __init__(self, clock: Callable[[], float], interval: float) -> None:
        self._clock = clock
        self._interval = interval
        self._last: float | None = None

    def delay(self) -> float:
        """Seconds to wait before looking; 0 to look now."""
        if self._last is None:
            return 0.0
        return max(0.0, self._last + self._interval - self._clock())

    def ran(self) -> None:
        """A check of any kind has just ended."""
        self._last = self._clock()
