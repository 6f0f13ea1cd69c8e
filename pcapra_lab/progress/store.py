"""The trainee's progress in all exercises."""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from pcapra_lab.progress.answers import AnswerStore
from pcapra_lab.progress.database import END as END
from pcapra_lab.progress.database import Database, current_run, entered, resume_at
from pcapra_lab.progress.drills import DrillStore
from pcapra_lab.progress.exams import ExamStore
from pcapra_lab.progress.pace import PaceStore
from pcapra_lab.progress.records import Attempt, ResumePoint, RtoRecord, StepRecord

_STEPS = """
    SELECT s.*, (SELECT count(*) FROM hints h WHERE h.run = s.run AND h.step = s.step) AS hints
    FROM steps s JOIN runs r ON r.id = s.run
    WHERE r.exercise = ?1
      AND r.number = (SELECT max(number) FROM runs WHERE exercise = ?1)
"""


class ProgressStore:
    """Progress in SQLite. Safe to share between threads, and between processes.

    An exercise is played in numbered runs: a reset begins a new one and keeps what the earlier
    ones recorded. Methods that name a step speak of the current run. All raise ``LabError``
    when the database cannot be used, and ``KeyError`` for a step that was never entered.

    Args:
        path: the database file.
        clock: seconds since the epoch.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(path)
        self._clock = clock
        self.answers = AnswerStore(self._database, clock)
        """Answers to the questions of quiz steps."""
        self.drills = DrillStore(self._database, clock)
        """Drills, with what they measured."""
        self.pace = PaceStore(self._database, clock)
        """Active time and pauses."""
        self.exams = ExamStore(self._database, clock)
        """Exams, with where their journals are."""

    def __enter__(self) -> "ProgressStore":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the database. Idempotent."""
        self._database.close()

    def seed(self, exercise: str) -> str:
        """The trainee's seed for an exercise, drawn once: 32 hexadecimal digits."""
        rows = self._database.query("SELECT seed FROM seeds WHERE exercise = ?", exercise)
        if rows:
            return str(rows[0]["seed"])
        with self._database.transaction() as db:
            # Another process may have drawn one since: the first stays.
            db.execute(
                "INSERT INTO seeds VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (exercise, secrets.token_hex(16), self._clock()),
            )
            row = db.execute("SELECT seed FROM seeds WHERE exercise = ?", (exercise,)).fetchone()
            return str(row["seed"])

    def run_number(self, exercise: str) -> int:
        """The number of the current run; 0 when the exercise was never begun."""
        rows = self._database.query("SELECT max(number) AS n FROM runs WHERE exercise=?", exercise)
        return rows[0]["n"] or 0

    def last_used(self, exercise: str) -> float:
        """When the exercise was last played, in seconds since the epoch; 0 when never."""
        rows = self._database.query(
            "SELECT max(max(r.started_at, coalesce(s.entered_at, 0), coalesce(s.finished_at, 0),"
            " coalesce(a.at, 0))) AS at FROM runs r LEFT JOIN steps s ON s.run = r.id"
            " LEFT JOIN attempts a ON a.run = s.run AND a.step = s.step WHERE r.exercise = ?",
            exercise,
        )
        return rows[0]["at"] or 0.0

    def restart(self, exercise: str) -> int:
        """Begin a new run, with no step entered; the number it bears. History is kept."""
        with self._database.transaction() as db:
            return self._new_run(db, exercise)[1]

    def enter(self, exercise: str, step: str) -> None:
        """The trainee reached a step, and resumes there. Nothing changes if it was reached."""
        with self._database.transaction() as db:
            run = current_run(db, exercise) or self._new_run(db, exercise)[0]
            db.execute(
                "INSERT INTO steps (run, step, entered_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (run, step, self._clock()),
            )
            resume_at(db, exercise, step, self._clock())

    def steps(self, exercise: str) -> dict[str, StepRecord]:
        """The steps reached in the current run, by id, in the order they were."""
        rows = self._database.query(_STEPS + " ORDER BY s.rowid", exercise)
        return {row["step"]: _step(row) for row in rows}

    def setup_done(self, exercise: str, step: str) -> None:
        """The step's setup has run to its end."""
        self._update(exercise, step, "setup_done = 1")

    def save_timeline(self, exercise: str, step: str, timeline: str) -> None:
        """Keep the step's recovery timeline, opaque here."""
        self._update(exercise, step, "timeline = ?", timeline)

    def use_hint(self, exercise: str, step: str, number: int) -> None:
        """The trainee read hint ``number`` (from 1). Reading it again costs nothing."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO hints VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (entered(db, exercise, step), step, number, self._clock()),
            )

    def use_solution(self, exercise: str, step: str) -> None:
        """The solution was shown or run: the step will be marked as helped, for no points."""
        self._update(exercise, step, "helped = 1")

    def finish(
        self, exercise: str, step: str, *, next_step: str | None, score: float | None = None
    ) -> None:
        """The step is green. Enters ``next_step``, or none when it was the last, at once.

        A step that was finished before keeps its first date.

        Args:
            score: of a quiz, the part of its points that was earned.
        """
        with self._database.transaction() as db:
            run = entered(db, exercise, step)
            now = self._clock()
            db.execute(
                "UPDATE runs SET position = ? WHERE id = ? AND position IS NOT NULL",
                (next_step, run),
            )
            db.execute(
                "UPDATE steps SET finished_at = coalesce(finished_at, ?),"
                " score = coalesce(score, ?) WHERE run = ? AND step = ?",
                (now, score, run, step),
            )
            if next_step is not None:
                db.execute(
                    "INSERT INTO steps (run, step, entered_at) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (run, next_step, now),
                )
            resume_at(db, exercise, next_step, now)

    def position(self, exercise: str) -> str | None:
        """The step the lab was brought back to, or the one reached since.

        ``END`` when it was brought back to the end; None when it never was, or once the
        exercise has been finished again.
        """
        rows = self._database.query(
            "SELECT position FROM runs WHERE exercise = ? ORDER BY number DESC LIMIT 1", exercise
        )
        return rows[0]["position"] if rows else None

    def move(self, exercise: str, step: str) -> None:
        """The lab was brought back to the beginning of a step, its setup done, or to ``END``.

        What was earned stays. The setups of the other steps will run again when they are
        reached: the machines have forgotten them.
        """
        with self._database.transaction() as db:
            run = entered(db, exercise, step) if step != END else current_run(db, exercise)
            db.execute("UPDATE runs SET position = ? WHERE id = ?", (step, run))
            db.execute("UPDATE steps SET setup_done = (step = ?) WHERE run = ?", (step, run))
            resume_at(db, exercise, step or None, self._clock())

    def record_attempt(
        self, exercise: str, step: str, *, green: bool, seconds: float, outcomes: Mapping[str, str]
    ) -> None:
        """The trainee asked for a check: its outcomes by check id, and what it took."""
        text = json.dumps(dict(outcomes), ensure_ascii=False)
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO attempts (run, step, at, green, seconds, outcomes)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (entered(db, exercise, step), step, self._clock(), green, seconds, text),
            )

    def attempts(self, exercise: str) -> tuple[Attempt, ...]:
        """All check runs of all runs, oldest first."""
        rows = self._database.query(
            "SELECT a.*, r.number FROM attempts a JOIN runs r ON r.id = a.run"
            " WHERE r.exercise = ? ORDER BY a.id",
            exercise,
        )
        return tuple(
            Attempt(
                run=row["number"],
                step=row["step"],
                at=row["at"],
                green=bool(row["green"]),
                seconds=row["seconds"],
                outcomes=json.loads(row["outcomes"]),
            )
            for row in rows
        )

    def record_rto(
        self,
        exercise: str,
        step: str,
        *,
        seconds: float,
        uncertainty_seconds: float | None,
        target: float,
        met: bool,
    ) -> None:
        """A recovery time was measured on the step."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO rto (run, step, at, seconds, uncertainty, target, met)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    entered(db, exercise, step),
                    step,
                    self._clock(),
                    seconds,
                    uncertainty_seconds,
                    target,
                    met,
                ),
            )

    def rto_results(self, exercise: str) -> tuple[RtoRecord, ...]:
        """All recovery times measured, in all runs, oldest first."""
        rows = self._database.query(
            "SELECT t.*, r.number FROM rto t JOIN runs r ON r.id = t.run"
            " WHERE r.exercise = ? ORDER BY t.id",
            exercise,
        )
        return tuple(
            RtoRecord(
                run=row["number"],
                step=row["step"],
                at=row["at"],
                seconds=row["seconds"],
                uncertainty_seconds=row["uncertainty"],
                target=row["target"],
                met=bool(row["met"]),
            )
            for row in rows
        )

    def resume(self) -> ResumePoint | None:
        """Where the trainee was last; None before anything was begun."""
        rows = self._database.query("SELECT exercise, step, at FROM resume")
        return ResumePoint(**dict(rows[0])) if rows else None

    def _update(self, exercise: str, step: str, change: str, *values: str | float) -> None:
        with self._database.transaction() as db:
            run = entered(db, exercise, step)
            # ``change`` is one of this class's own literals.
            sql = f"UPDATE steps SET {change} WHERE run = ? AND step = ?"  # noqa: S608
            db.execute(sql, (*values, run, step))

    def _new_run(self, db: sqlite3.Connection, exercise: str) -> tuple[int, int]:
        row = db.execute(
            "INSERT INTO runs (exercise, number, started_at)"
            " SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM runs WHERE exercise = ?1"
            " RETURNING id, number",
            (exercise, self._clock()),
        ).fetchone()
        return row["id"], row["number"]


def _step(row: sqlite3.Row) -> StepRecord:
    return StepRecord(
        step=row["step"],
        entered_at=row["entered_at"],
        finished_at=row["finished_at"],
        seconds=row["seconds"],
        setup_done=bool(row["setup_done"]),
        hints_used=row["hints"],
        helped=bool(row["helped"]),
        timeline=row["timeline"],
        score=row["score"],
    )
