"""Exams in the trainee's progress: at most one a run, with where its journal is."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pcapra_lab.progress.database import END, Database, current_run, resume_at

_EXAMS = "SELECT e.*, r.number FROM exams e JOIN runs r ON r.id = e.run WHERE r.exercise = ?1"


class ExamState(StrEnum):
    """How far an exam is."""

    RUNNING = "running"
    FINISHED = "finished"
    ABANDONED = "abandoned"
    """Ended without a result."""


@dataclass(frozen=True, slots=True)
class ExamRecord:
    """An exam of an exercise."""

    run: int
    """The run's number."""
    state: ExamState
    started_at: float
    """Seconds since the epoch, as ``ended_at``."""
    ended_at: float | None
    planned: float
    """Seconds given."""
    journal: str
    """The file where what happens is written."""
    head: str
    """The hash of its last entry that is known of."""
    submitted: tuple[str, ...]
    """The steps handed in, in their order."""
    result: dict[str, Any] | None
    """What the caller keeps of a finished one."""


class ExamStore:
    """Exams, by exercise. Raises as ``ProgressStore`` does, and ``KeyError`` without an exam."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def current(self, exercise: str) -> ExamRecord | None:
        """The exam of the current run; None when it is none."""
        rows = self._database.query(
            _EXAMS + " AND r.number ="  # noqa: S608 - ours
            " (SELECT max(number) FROM runs WHERE exercise = ?1)",
            exercise,
        )
        return _record(rows[0]) if rows else None

    def history(self, exercise: str) -> tuple[ExamRecord, ...]:
        """All the exams of an exercise, oldest first."""
        rows = self._database.query(_EXAMS + " ORDER BY r.number", exercise)
        return tuple(_record(row) for row in rows)

    def begin(self, exercise: str, *, planned: float, journal: str, head: str) -> None:
        """The current run is an exam."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO exams (run, state, started_at, planned, journal, head, submitted)"
                " VALUES (?, 'running', ?, ?, ?, ?, '[]')",
                (current_run(db, exercise), self._clock(), planned, journal, head),
            )

    def written(self, exercise: str, head: str) -> None:
        """The journal's last entry is the one of this hash."""
        with self._database.transaction() as db:
            run = _running(db, exercise)
            db.execute("UPDATE exams SET head = ? WHERE run = ?", (head, run))

    def submit(self, exercise: str, step: str, following: str | None) -> None:
        """A step was handed in: the trainee is on the next one, whatever this one is worth."""
        with self._database.transaction() as db:
            run = _running(db, exercise)
            now = self._clock()
            db.execute(
                "UPDATE exams SET submitted = json_insert(submitted, '$[#]', ?) WHERE run = ?",
                (step, run),
            )
            if following is not None:
                db.execute(
                    "INSERT INTO steps (run, step, entered_at) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (run, following, now),
                )
            db.execute("UPDATE runs SET position = ? WHERE id = ?", (following or END, run))
            resume_at(db, exercise, following, now)

    def end(
        self,
        exercise: str,
        state: ExamState,
        result: dict[str, Any] | None = None,
        *,
        green: Mapping[str, float | None] | None = None,
        following: str | None = None,
    ) -> None:
        """It is over, all at once: the exercise goes on in practice.

        Args:
            exercise: whose exam.
            state: how it ended.
            result: what is to be kept of it.
            green: the steps that are done now, with their scores where they are quizzes.
            following: the first step that is not; None when all are.
        """
        with self._database.transaction() as db:
            run, now = _running(db, exercise), self._clock()
            text = None if result is None else json.dumps(result, ensure_ascii=False)
            db.execute(
                "UPDATE exams SET state = ?, ended_at = ?, result = ? WHERE run = ?",
                (state.value, now, text, run),
            )
            for step, score in (green or {}).items():
                db.execute(
                    "INSERT INTO steps (run, step, entered_at, finished_at, score)"
                    " VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT DO UPDATE SET"
                    " finished_at = excluded.finished_at, score = excluded.score",
                    (run, step, now, score),
                )
            db.execute("UPDATE runs SET position = NULL WHERE id = ?", (run,))
            resume_at(db, exercise, following, now)


def _running(db: sqlite3.Connection, exercise: str) -> int:
    run = current_run(db, exercise)
    row = db.execute("SELECT 1 FROM exams WHERE run = ? AND state = 'running'", (run,)).fetchone()
    if run is None or row is None:
        raise KeyError(f"no exam of {exercise} is running")
    return run


def _record(row: sqlite3.Row) -> ExamRecord:
    return ExamRecord(
        run=row["number"],
        state=ExamState(row["state"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        planned=row["planned"],
        journal=row["journal"],
        head=row["head"],
        submitted=tuple(json.loads(row["submitted"])),
        result=None if row["result"] is None else json.loads(row["result"]),
    )
