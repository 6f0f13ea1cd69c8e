"""Time spent on a step, given away in small pieces so that a kill loses little."""

import threading
import time
from collections.abc import Callable

PIECE_SECONDS = 10.0


class Stopwatch:
    """Counts while it runs; hands seconds to ``spend`` at ticks at least a piece apart.

    Args:
        spend: receives seconds spent since the last call.
        clock: a monotonic clock.
    """

    def __init__(
        self, spend: Callable[[float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._spend = spend
        self._clock = clock
        self._since: float | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin counting, unless it already does."""
        with self._lock:
            if self._since is None:
                self._since = self._clock()

    def tick(self) -> None:
        """Hand over what was counted, once it amounts to a piece."""
        self._hand_over(PIECE_SECONDS, going_on=True)

    def stop(self) -> None:
        """Hand over the rest and stop counting. Idempotent."""
        self._hand_over(0.0, going_on=False)

    def _hand_over(self, least: float, *, going_on: bool) -> None:
        with self._lock:
            if self._since is None:
                return
            now = self._clock()
            spent = now - self._since
            if spent < least:
                return
            self._since = now if going_on else None
        if spent > 0:
            self._spend(spent)
