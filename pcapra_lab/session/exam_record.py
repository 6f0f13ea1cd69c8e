"""The exams on record: the progress database and the journal, kept in step.

An entry is written first, then the database learns its hash. Whatever was killed in between is
made up for when it is next looked at: the journal, bound by its hashes, is what counts.
"""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.progress.exam_entries import Kind
from pcapra_lab.progress.exam_journal import ExamJournal
from pcapra_lab.progress.exams import ExamRecord, ExamState
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.exam_api import ExamPhase, ExamView
from pcapra_lab.session.exam_data import (
    Graded,
    Handed,
    outcomes,
    start_data,
    verdict_data,
    verdict_of,
)
from pcapra_lab.session.exam_signing import Signer, Unsigned

_PHASES = {
    ExamState.RUNNING: ExamPhase.RUNNING,
    ExamState.FINISHED: ExamPhase.FINISHED,
    ExamState.ABANDONED: ExamPhase.ABANDONED,
}


class Register:
    """The exam of an exercise's current run.

    Args:
        progress: the trainee's.
        exercise: what is examined.
        folder: where journals are written.
        content: the digest of the exercise, its lesson and what grades it.
        signer: binds the journal to a key at the end.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        progress: ProgressStore,
        exercise: Exercise,
        folder: Path,
        content: Callable[[], str],
        signer: Signer | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._progress = progress
        self._store = progress.exams
        self._id = exercise.id
        self._exercise = exercise
        self._folder = folder
        self._content = content
        self._signer: Signer = signer or Unsigned()
        self._clock = clock
        self._made_up = False

    @property
    def record(self) -> ExamRecord | None:
        """The exam as the database knows it; None when the current run is practice."""
        record = self._store.current(self._id)
        if record is not None and record.state is ExamState.RUNNING and not self._made_up:
            self._made_up = True
            self._make_up(record)
            return self._store.current(self._id)
        return record

    @property
    def running(self) -> bool:
        """An exam is being taken."""
        record = self.record
        return record is not None and record.state is ExamState.RUNNING

    @property
    def paused(self) -> bool:
        """The trainee stopped the clock."""
        return self._progress.pace.paused_since(self._id) is not None

    @property
    def used(self) -> float:
        """Seconds of the clock in this run."""
        return sum(one.seconds for one in self._progress.steps(self._id).values())

    @property
    def _pending(self) -> float:
        # In an exam a gap counts whole.
        return self._progress.pace.pending(self._id, most=float("inf"))

    def view(self) -> ExamView | None:
        """The exam for a front."""
        record = self.record
        if record is None:
            return None
        phase = _PHASES[record.state]
        if phase is ExamPhase.RUNNING and self.paused:
            phase = ExamPhase.PAUSED
        result = record.result or {}
        return ExamView(
            phase=phase,
            started_at=record.started_at,
            planned=record.planned,
            used=float(result["used"]) if "used" in result else self.used + self._pending,
            submitted=record.submitted,
            journal=record.journal,
            fingerprint=record.head,
            verdicts=tuple(verdict_of(one) for one in result.get("verdicts", ())),
        )

    def open(self, planned: float) -> ExamView:
        """The current run becomes an exam of ``planned`` seconds."""
        day = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        path = self._folder / f"{self._id}-{day}.jsonl"
        head = self._journal(str(path)).begin(start_data(self._exercise, planned, self._content()))
        self._store.begin(self._id, planned=planned, journal=str(path), head=head.hash)
        return self._known()

    def tell(self, kind: str, **data: Any) -> None:
        """Write down that something happened."""
        record = self._running()
        entry = self._journal(record.journal).append(
            kind, {**data, "used": round(self.used, 1)}, record.head
        )
        self._store.written(self._id, entry.hash)

    def submitted(self, step: Step, report: StepReport, score: float | None) -> None:
        """A step was handed in, and graded."""
        told = {} if score is None else {"score": round(score, 4)}
        self.tell(Kind.SUBMIT, step=step.id, outcomes=outcomes(report), **told)
        self._progress.record_attempt(
            self._id, step.id, green=report.green, seconds=report.seconds, outcomes=outcomes(report)
        )
        self._store.submit(self._id, step.id, self._after(step.id))

    def handed(self) -> dict[str, Handed]:
        """The steps handed in, by id, as the journal tells them.

        Raises:
            LabError: the journal is not what was left.
        """
        record = self._running()
        return {
            str(entry.data["step"]): Handed(dict(entry.data["outcomes"]))
            for entry in self._journal(record.journal).entries()
            if entry.kind == Kind.SUBMIT
        }

    def close(self, graded: Sequence[Graded]) -> ExamView:
        """Write the verdicts and end the exam."""
        record, handed = self._running(), self.handed()
        verdicts = [verdict_data(one, handed.get(one.verdict.step)) for one in graded]
        used = round(self.used, 1)
        result = {
            "verdicts": verdicts,
            "earned": sum(one.verdict.earned for one in graded),
            "total": sum(one.verdict.points for one in graded),
            "planned": record.planned,
            "overtime": round(max(0.0, used - record.planned), 1),
            "scores": {one.verdict.step: one.score for one in graded if one.score is not None},
        }
        self.tell(Kind.FINISH, **result)
        self._seal()
        self._finished({**result, "used": used})
        return self._known()

    def abandon(self) -> ExamView:
        """End it without a result; a journal that cannot be written any more stays as it is."""
        with suppress(LabError):
            self.tell(Kind.ABANDON)
        self._store.end(self._id, ExamState.ABANDONED, following=self._first_open(()))
        return self._known()

    def _seal(self) -> None:
        record = self._running()
        try:
            signature = self._signer.sign(record.head)
            if signature is not None:
                self._journal(record.journal).append(Kind.SEAL, dict(signature), record.head)
        except LabError:
            # The verdicts are on the disk: an exam does not fail for want of a key.
            return

    def _finished(self, result: dict[str, Any]) -> None:
        scores = result["scores"]
        done = {one["step"]: scores.get(one["step"]) for one in result["verdicts"] if one["green"]}
        self._store.end(
            self._id,
            ExamState.FINISHED,
            result,
            green=done,
            following=self._first_open(done),
        )

    def _make_up(self, record: ExamRecord) -> None:
        """The program was killed between the journal and the database: read what it had done."""
        try:
            entries = self._journal(record.journal).entries()
        except LabError:
            # Told when something is to be written.
            return
        known = [entry.hash for entry in entries]
        if record.head not in known:
            return
        for entry in entries[known.index(record.head) + 1 :]:
            self._store.written(self._id, entry.hash)
            if entry.kind == Kind.SUBMIT:
                step = str(entry.data["step"])
                self._store.submit(self._id, step, self._after(step))
            elif entry.kind == Kind.FINISH:
                self._finished(dict(entry.data))
                return
            elif entry.kind == Kind.ABANDON:
                self._store.end(self._id, ExamState.ABANDONED, following=self._first_open(()))
                return

    def _after(self, step: str) -> str | None:
        ids = [one.id for one in self._exercise.steps]
        return ids[ids.index(step) + 1] if step != ids[-1] else None

    def _first_open(self, done: Collection[str]) -> str | None:
        return next((one.id for one in self._exercise.steps if one.id not in done), None)

    def _running(self) -> ExamRecord:
        record = self._store.current(self._id)
        if record is None or record.state is not ExamState.RUNNING:
            raise KeyError(f"no exam of {self._id} is running")
        return record

    def _known(self) -> ExamView:
        view = self.view()
        assert view is not None  # noqa: S101 - there is one
        return view

    def _journal(self, path: str) -> ExamJournal:
        return ExamJournal(Path(path), self._clock)
