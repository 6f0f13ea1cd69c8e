"""A session's signs of life: the time a trainee is at work, counted as it passes."""

import logging
import threading
from collections.abc import Callable

from pcapra_lab.errors import LabError
from pcapra_lab.progress.pace import PaceStore

logger = logging.getLogger(__name__)

BEAT = 20.0
"""Seconds between two signs of life of a program that stays: what a kill may lose."""
ABSENCE = 600.0
"""Seconds: of a longer gap between two signs of life, so much counts. Commands come and go, and
between two of them a trainee reads or types in a terminal; beyond this, nobody was there."""

_FAILURES = 5
"""In a row: the database is gone, and so is whoever forgot to close."""


class Timekeeper:
    """Counts for one exercise, from ``start`` to ``stop``; machines that go on running keep the
    clock going for the programs to come.

    Args:
        store: where time is kept, shared by all programs.
        exercise: whose.
        current: the step that the time goes to.
        strict: whether every gap counts whole, as in an exam.
    """

    def __init__(
        self,
        store: PaceStore,
        exercise: str,
        current: Callable[[], str | None],
        strict: Callable[[], bool] = bool,
    ) -> None:
        self._store = store
        self._exercise = exercise
        self._current = current
        self._strict = strict
        self._on = False
        self._over = threading.Event()
        self._beats: threading.Thread | None = None

    @property
    def paused_since(self) -> float | None:
        """When the trainee's pause began, in seconds since the epoch; None outside a pause."""
        return self._store.paused_since(self._exercise)

    @property
    def pending(self) -> float:
        """Seconds since the last sign of life, not counted yet."""
        return self._store.pending(self._exercise, most=self._most)

    def start(self) -> None:
        """The lab is up: count, unless the trainee pauses."""
        self._on = True
        self._store.begin(self._exercise)

    def attend(self) -> None:
        """This program stays: give a sign of life now and then, until ``leave``. Idempotent."""
        if self._beats is None:
            self._over.clear()
            name = f"clock-{self._exercise}"
            self._beats = threading.Thread(target=self._beat, name=name, daemon=True)
            self._beats.start()

    def tick(self) -> None:
        """Something was done: the time since the last sign of life is the trainee's."""
        if self._on:
            self._store.spend(self._exercise, self._current(), most=self._most)

    def stop(self) -> None:
        """The lab goes down, or back: count what was spent; time stands still. Idempotent."""
        if self._on:
            self._store.leave(self._exercise, self._current(), most=self._most)
        self._on = False

    def fell(self) -> None:
        """The lab was found down: it went unseen, and nobody knows when."""
        self._store.forget(self._exercise)

    def leave(self) -> None:
        """This program ends; the machines may go on, and the clock with them. Idempotent."""
        if self._beats is not None:
            self._over.set()
            # The store may be closed next.
            self._beats.join()
            self._beats = None
        self.tick()
        self._on = False

    def pause(self) -> bool:
        """Stop the clock; whether it was not paused already.

        Raises:
            KeyError: the exercise was never begun.
        """
        return self._store.pause(self._exercise, self._current(), most=self._most)

    def resume(self) -> float | None:
        """End the pause: how long it was, in seconds; None if there was none."""
        pause = self._store.resume(self._exercise)
        if pause is not None and self._on:
            self._store.begin(self._exercise)
        return pause

    @property
    def _most(self) -> float:
        return float("inf") if self._strict() else ABSENCE

    def _beat(self) -> None:
        failures = 0
        while failures < _FAILURES and not self._over.wait(BEAT):
            try:
                self._store.spend(self._exercise, self._current(), most=self._most)
                failures = 0
            except LabError as error:
                # What this one could not count, the next will: only a moment is kept.
                failures += 1
                logger.warning("%s", error)
