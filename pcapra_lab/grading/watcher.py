"""When to re-check the current step without being asked: pure decisions, the caller's clock."""


class Watcher:
    """Says when the step is worth checking again, so that checking stays cheap and useful.

    A check is due once the shells have been used since the last one began and have then fallen
    idle, or stayed busy for ``patience`` (a full-screen program redraws for ever). Between two
    checks it rests in proportion to what the last one cost, so that checking never takes more
    than ``share`` of a VM's time. It never overlaps itself. All times are seconds on one
    monotonic clock, given by the caller; not thread-safe.

    Args:
        idle: silence that counts as idle.
        rest: the least rest between two checks.
        share: the most of the time that checks may take, between 0 and 1.
        patience: how long activity without a pause may put a check off.
    """

    def __init__(
        self,
        *,
        idle: float = 1.0,
        rest: float = 2.0,
        share: float = 0.25,
        patience: float = 20.0,
    ) -> None:
        if not 0 < share < 1:
            raise ValueError(f"share must lie between 0 and 1, not {share}")
        self._idle = idle
        self._rest = rest
        self._share = share
        self._patience = patience
        self._first_activity: float | None = None
        self._last_activity = 0.0
        self._started: float | None = None
        self._not_before = 0.0

    @property
    def checking(self) -> bool:
        """A check has begun and not ended."""
        return self._started is not None

    def activity(self, now: float) -> None:
        """A shell received or printed something."""
        if self._first_activity is None:
            self._first_activity = now
        self._last_activity = now

    def due_in(self, now: float) -> float | None:
        """Seconds until a check is due, 0 when it is; None while nothing calls for one.

        Ask again after each activity: it may put the check off.
        """
        if self.checking or self._first_activity is None:
            return None
        settled = min(self._last_activity + self._idle, self._first_activity + self._patience)
        return max(0.0, settled - now, self._not_before - now)

    def begin(self, now: float) -> None:
        """A check begins, whoever asked for it. Activity from here on calls for another.

        Raises:
            RuntimeError: one is under way already.
        """
        if self.checking:
            raise RuntimeError("a check is under way already")
        self._started = now
        self._first_activity = None

    def end(self, now: float) -> None:
        """The check that began has ended, whatever came of it.

        Raises:
            RuntimeError: none is under way.
        """
        if self._started is None:
            raise RuntimeError("no check is under way")
        cost = now - self._started
        self._started = None
        self._not_before = now + max(self._rest, cost * (1 - self._share) / self._share)
