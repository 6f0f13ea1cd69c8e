"""Drills in the trainee's progress: each is kept, those that were cut short too."""

import json
import sqlite3
from collections.abc import Callable, Collection
from typing import Any

from pcapra_lab.progress.database import Database, entered
from pcapra_lab.progress.records import DrillRecord, DrillState

_DRILLS = "SELECT d.*, r.number FROM drills d JOIN runs r ON r.id = d.run WHERE r.exercise = ?1"
_ONE = "SELECT d.*, r.number FROM drills d JOIN runs r ON r.id = d.run WHERE d.id = ?"


class DrillStore:
    """What became of drills. Raises as ``ProgressStore`` does."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def declare(self, exercise: str, step: str, data: dict[str, Any]) -> int:
        """A new drill of a step that was entered; its key. It takes the place of the last one."""
        with self._database.transaction() as db:
            run = entered(db, exercise, step)
            db.execute("UPDATE drills SET current = 0 WHERE run = ? AND step = ?", (run, step))
            row = db.execute(
                "INSERT INTO drills (run, step, state, declared_at, data)"
                " VALUES (?, ?, 'declared', ?, ?) RETURNING id",
                (run, step, self._clock(), json.dumps(data)),
            ).fetchone()
            return int(row["id"])

    def change(
        self, drill: int, state: DrillState | None, edit: Callable[[dict[str, Any]], None]
    ) -> DrillRecord:
        """Edit what is kept of a drill, whoever else does at the same time.

        Nothing changes once it is over: the record is as it was left.

        Args:
            drill: its key.
            state: how far it is now; None: as far as it was.
            edit: called once, with what is kept at that moment.

        Raises:
            KeyError: there is no such drill.
        """
        with self._database.transaction() as db:
            record = _found(db, drill)
            if record.state.over:
                return record
            edit(record.data)
            state = state or record.state
            ended = self._clock() if state.over else None
            db.execute(
                "UPDATE drills SET state = ?, ended_at = ?, data = ? WHERE id = ?",
                (state.value, ended, json.dumps(record.data), drill),
            )
            return _found(db, drill)

    def read(self, drill: int) -> DrillRecord:
        """A drill as it is now.

        Raises:
            KeyError: there is no such drill.
        """
        rows = self._database.query(_ONE, drill)
        if not rows:
            raise KeyError(f"no drill {drill}")
        return _record(rows[0])

    def current(self, exercise: str, step: str) -> DrillRecord | None:
        """The last drill of a step in the current run, as long as the machines know of it."""
        rows = self._database.query(
            _DRILLS + " AND d.step = ?2 AND d.current = 1 AND r.number ="  # noqa: S608 - ours
            " (SELECT max(number) FROM runs WHERE exercise = ?1) ORDER BY d.id DESC LIMIT 1",
            exercise,
            step,
        )
        return _record(rows[0]) if rows else None

    def open(self, exercise: str) -> list[DrillRecord]:
        """Those that are not over, of any run, oldest first."""
        rows = self._database.query(
            _DRILLS + " AND d.state IN ('declared', 'running') ORDER BY d.id", exercise
        )
        return [_record(row) for row in rows]

    def history(self, exercise: str) -> list[DrillRecord]:
        """All of them, in all runs, oldest first."""
        return [_record(row) for row in self._database.query(_DRILLS + " ORDER BY d.id", exercise)]

    def forget(self, exercise: str, steps: Collection[str]) -> None:
        """The machines went back to before these steps: their drills are history."""
        with self._database.transaction() as db:
            for step in steps:
                db.execute(
                    "UPDATE drills SET current = 0 WHERE step = ?2 AND run IN"
                    " (SELECT id FROM runs WHERE exercise = ?1)",
                    (exercise, step),
                )


def _found(db: sqlite3.Connection, drill: int) -> DrillRecord:
    row = db.execute(_ONE, (drill,)).fetchone()
    if row is None:
        raise KeyError(f"no drill {drill}")
    return _record(row)


def _record(row: sqlite3.Row) -> DrillRecord:
    return DrillRecord(
        id=row["id"],
        run=row["number"],
        step=row["step"],
        state=DrillState(row["state"]),
        declared_at=row["declared_at"],
        ended_at=row["ended_at"],
        data=json.loads(row["data"]),
    )
