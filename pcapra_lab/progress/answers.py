"""Answers to the questions of quiz steps, in the trainee's progress."""

from collections.abc import Callable

from pcapra_lab.progress.database import Database, entered
from pcapra_lab.progress.records import AnswerRecord, AnswerState


class AnswerStore:
    """What was answered in the current run. Raises as ``ProgressStore`` does.

    A right answer stands here only once the trainee gave it: what is asked is computed again from
    the seed each time.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def of(self, exercise: str, step: str) -> dict[str, AnswerRecord]:
        """What was answered or given up on a step, by question."""
        rows = self._database.query(
            "SELECT a.* FROM answers a JOIN runs r ON r.id = a.run WHERE r.exercise = ?1"
            " AND a.step = ?2 AND r.number = (SELECT max(number) FROM runs WHERE exercise = ?1)",
            exercise,
            step,
        )
        return {
            row["question"]: AnswerRecord(
                row["question"], AnswerState(row["state"]), row["attempts"], row["given"]
            )
            for row in rows
        }

    def record(self, exercise: str, step: str, question: str, given: str, *, right: bool) -> None:
        """One more answer. Nothing changes once the question is over."""
        state = AnswerState.RIGHT if right else AnswerState.WRONG
        with self._database.transaction() as db:
            run = entered(db, exercise, step)
            db.execute(
                "INSERT INTO answers VALUES (?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " attempts = attempts + 1, state = excluded.state, given = excluded.given,"
                " at = excluded.at WHERE state = 'wrong'",
                (run, step, question, state.value, given, self._clock()),
            )

    def give_up(self, exercise: str, step: str, question: str) -> None:
        """The question's solution is shown: the step will be marked as helped.

        Nothing changes if it was answered rightly.
        """
        with self._database.transaction() as db:
            run = entered(db, exercise, step)
            given_up = db.execute(
                "INSERT INTO answers VALUES (?, ?, ?, 0, 'shown', '', ?) ON CONFLICT DO UPDATE SET"
                " state = excluded.state, at = excluded.at WHERE state = 'wrong'",
                (run, step, question, self._clock()),
            ).rowcount
            if given_up:
                db.execute("UPDATE steps SET helped = 1 WHERE run = ? AND step = ?", (run, step))
