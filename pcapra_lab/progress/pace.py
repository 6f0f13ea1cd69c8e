"""The clock of an exercise: active time, whatever the number of programs, and pauses.

A program that sees the lab running says so now and then; the time since the last sign of life is
the trainee's. What is kept is a moment, not a duration: a kill loses nothing, and two programs at
once count no second twice.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from pcapra_lab.progress.database import Database, current_run


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that the trainee took, in seconds since the epoch."""

    began_at: float
    ended_at: float | None
    """None while it lasts."""


class PaceStore:
    """Active time of the current run. Raises as ``ProgressStore`` does.

    Args:
        clock: seconds since the epoch, of the host: it may jump, so gaps have a limit.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, exercise: str) -> None:
        """The lab is up: time counts from now on. Nothing changes if it already does, or while
        the trainee pauses."""
        with self._database.transaction() as db:
            run = current_run(db, exercise)
            if run is not None and _pause_of(db, run) is None:
                db.execute(
                    "INSERT INTO clocks (run, seen_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE"
                    " SET seen_at = coalesce(seen_at, excluded.seen_at)",
                    (run, self._clock()),
                )

    def spend(self, exercise: str, step: str | None, *, most: float) -> float:
        """A sign of life: the time since the last one goes to ``step``.

        Args:
            exercise: whose clock.
            step: the current step, entered or not; None once all are done.
            most: a longer gap counts as this many seconds: nobody was there.

        Returns:
            The seconds that were counted.
        """
        with self._database.transaction() as db:
            return self._spend(db, exercise, step, most)

    def leave(self, exercise: str, step: str | None, *, most: float) -> None:
        """The lab goes down: what was spent is counted, and the clock stands still."""
        with self._database.transaction() as db:
            self._spend(db, exercise, step, most)
            self._still(db, exercise)

    def forget(self, exercise: str) -> None:
        """The lab went down unseen: the clock stands still since the last sign of life."""
        with self._database.transaction() as db:
            self._still(db, exercise)

    def pending(self, exercise: str, *, most: float) -> float:
        """What ``spend`` would count now, in seconds."""
        seen = self.last_seen(exercise)
        return 0.0 if seen is None else float(min(max(0.0, self._clock() - seen), most))

    def last_seen(self, exercise: str) -> float | None:
        """The last sign of life, in seconds since the epoch; None while the clock stands still."""
        rows = self._database.query(
            "SELECT c.seen_at FROM clocks c JOIN runs r ON r.id = c.run WHERE r.exercise = ?"
            " ORDER BY r.number DESC LIMIT 1",
            exercise,
        )
        return rows[0]["seen_at"] if rows else None

    def pause(self, exercise: str, step: str | None, *, most: float) -> bool:
        """Stop the clock until ``resume``; whether it was not so already.

        Raises:
            KeyError: the exercise was never begun.
        """
        with self._database.transaction() as db:
            run = current_run(db, exercise)
            if run is None:
                raise KeyError(f"{exercise} was never begun")
            if _pause_of(db, run) is not None:
                return False
            self._spend(db, exercise, step, most)
            self._still(db, exercise)
            now = self._clock()
            db.execute("INSERT INTO pauses (run, began_at) VALUES (?, ?)", (run, now))
            return True

    def resume(self, exercise: str) -> float | None:
        """End the pause; how long it was, in seconds, or None if there was none.

        The clock goes on with the next ``begin``.
        """
        with self._database.transaction() as db:
            run = current_run(db, exercise)
            since = None if run is None else _pause_of(db, run)
            if since is None:
                return None
            now = max(self._clock(), since)
            db.execute(
                "UPDATE pauses SET ended_at = ? WHERE run = ? AND ended_at IS NULL", (now, run)
            )
            return now - since

    def paused_since(self, exercise: str) -> float | None:
        """When the pause under way began, in seconds since the epoch; None without one."""
        pauses = self.pauses(exercise)
        return pauses[-1].began_at if pauses and pauses[-1].ended_at is None else None

    def pauses(self, exercise: str) -> tuple[Pause, ...]:
        """The pauses of the current run, oldest first."""
        rows = self._database.query(
            "SELECT began_at, ended_at FROM pauses WHERE run ="
            " (SELECT id FROM runs WHERE exercise = ? ORDER BY number DESC LIMIT 1) ORDER BY id",
            exercise,
        )
        return tuple(Pause(row["began_at"], row["ended_at"]) for row in rows)

    def _spend(self, db: sqlite3.Connection, exercise: str, step: str | None, most: float) -> float:
        run = current_run(db, exercise)
        row = db.execute("SELECT seen_at FROM clocks WHERE run = ?", (run,)).fetchone()
        if row is None or row["seen_at"] is None:
            return 0.0
        now = self._clock()
        spent = min(max(0.0, now - row["seen_at"]), most)
        db.execute("UPDATE clocks SET seen_at = ? WHERE run = ?", (now, run))
        db.execute(
            "UPDATE steps SET seconds = seconds + ? WHERE run = ? AND step = ?", (spent, run, step)
        )
        return float(spent)

    @staticmethod
    def _still(db: sqlite3.Connection, exercise: str) -> None:
        run = current_run(db, exercise)
        db.execute("UPDATE clocks SET seen_at = NULL WHERE run = ?", (run,))


def _pause_of(db: sqlite3.Connection, run: int) -> float | None:
    row = db.execute(
        "SELECT began_at FROM pauses WHERE run = ? AND ended_at IS NULL", (run,)
    ).fetchone()
    return None if row is None else float(row["began_at"])
