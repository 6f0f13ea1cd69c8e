"""The last that was seen of each check, of whichever step: by a watcher's look or a grading."""

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.progress.records import Attempt
from pcapra_lab.progress.store import ProgressStore


@dataclass(frozen=True, slots=True)
class Seen:
    """A check's outcome at a moment."""

    outcome: Outcome
    at: float
    """Seconds since the epoch."""


class Sightings:
    """Filled by whoever grades, read by whoever draws. Thread-safe.

    Args:
        attempts: what was graded before in this run, oldest first.
        clock: seconds since the epoch.
    """

    def __init__(
        self, attempts: Iterable[Attempt] = (), clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, Seen] = {}
        self._ever: set[str] = set()
        self._whole: set[str] = set()
        for attempt in attempts:
            for check, outcome in attempt.outcomes.items():
                self._put(f"{attempt.step}/{check}", Seen(Outcome(outcome), attempt.at))

    @classmethod
    def of_run(cls, progress: ProgressStore, exercise_id: str) -> "Sightings":
        """What was seen so far in an exercise's current run: by its gradings alone."""
        run = progress.run_number(exercise_id)
        return cls(one for one in progress.attempts(exercise_id) if one.run == run)

    def take(self, report: StepReport) -> None:
        """A step was looked at, whole or in part. What was not evaluated stays as it was."""
        with self._lock:
            for result in report.results:
                if result.outcome is not Outcome.PENDING:
                    self._put(f"{report.step}/{result.id}", Seen(result.outcome, self._clock()))

    def forget(self, steps: Collection[str] | None = None) -> None:
        """The machines went back: what was seen is not there any more.

        Args:
            steps: those that are to be done again, of which nothing was ever there; None for all.
        """
        with self._lock:
            self._seen.clear()
            self._whole.clear()
            kept = () if steps is None else self._ever
            self._ever = {check for check in kept if check.partition("/")[0] not in (steps or ())}

    def last(self, check: str) -> Seen | None:
        """The last sight of ``<step>/<check>``; None before any."""
        with self._lock:
            return self._seen.get(check)

    def ever(self, check: str) -> bool:
        """Whether it has passed once."""
        with self._lock:
            return check in self._ever

    def was_whole(self, part: str, *, now: bool) -> bool:
        """Whether a part of the drawing was there once, all of it; ``now`` says that it is."""
        with self._lock:
            if now:
                self._whole.add(part)
            return part in self._whole

    def _put(self, check: str, seen: Seen) -> None:
        self._seen[check] = seen
        if seen.outcome is Outcome.PASS:
            self._ever.add(check)
