"""When to try a lost shell again."""

from collections.abc import Callable, Sequence


class Backoff:
    """Growing delays until a deadline.

    Args:
        clock: seconds, monotonic.
        delays: seconds before each attempt; the last one repeats.
        deadline: seconds after the loss when trying stops.
    """

    def __init__(
        self, clock: Callable[[], float], delays: Sequence[float], deadline: float
    ) -> None:
        self._clock = clock
        self._delays = tuple(delays)
        self._deadline = deadline
        self._since: float | None = None
        self.attempts = 0

    def next_delay(self) -> float | None:
        """Seconds before the next attempt; None once the deadline has passed."""
        now = self._clock()
        if self._since is None:
            self._since = now
        if now - self._since > self._deadline:
            return None
        delay = self._delays[min(self.attempts, len(self._delays) - 1)]
        self.attempts += 1
        return delay

    def reset(self) -> None:
        """The shell is back, or the trainee asked to try anew."""
        self._since = None
        self.attempts = 0
