"""The proof that an exercise grades what it teaches, on real machines.

In sequence, from the prepared state, each step is proved where the one before it ends: a quiz by
``quiz_proof``, the others by ``step_proof``. Around them the checklist must be false at first and
true once all is done. At the end a reset must leave nothing of it all.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pcapra_lab.content.drawn import Drawn
from pcapra_lab.content.models import Step
from pcapra_lab.errors import LabError
from pcapra_lab.grading.quiz import questionnaire
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.session import checklist_proof
from pcapra_lab.session.digests import step_digests
from pcapra_lab.session.journal import FILE, Journal, Row
from pcapra_lab.session.leak_check import FILE as INVENTORY
from pcapra_lab.session.leak_check import STAGE, STEP, LeakCheck
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.quiz_proof import prove
from pcapra_lab.session.step_proof import StepProof, end_of


@dataclass(slots=True)
class ReplayResult:
    """A whole replay."""

    exercise: str
    seed: str
    rows: list[Row] = field(default_factory=list)
    prepare_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Every row is as it must be, and there are some."""
        return bool(self.rows) and all(row.ok for row in self.rows)

    @property
    def mutants(self) -> int:
        """Mutants applied."""
        return sum(row.stage.startswith("mutant") for row in self.rows)

    @property
    def killed(self) -> int:
        """Mutants that the checks they name caught."""
        return sum(row.ok and row.stage.startswith("mutant") for row in self.rows)


class Replay:
    """Replays one exercise on a lab of its own: the trainee's is left alone.

    Args:
        seed: what the parameters are drawn from.
        resume: go on after the last step that a replay interrupted or failed went through rightly,
            if its machines are still there and nothing that those steps stand on has changed.
        mutants: how many of a step's to apply; None for all. Fewer are drawn from the seed.
        on_row: called with each line as it comes.
    """

    def __init__(
        self,
        installation: Installation,
        exercise_id: str,
        seed: str,
        *,
        mutants: int | None,
        on_row: Callable[[Row], None],
        resume: bool = False,
    ) -> None:
        self._play = Playground(installation, exercise_id, lab_id(exercise_id), seed, fresh=True)
        contents = step_digests(installation.catalogue, exercise_id)
        path = installation.paths.labs / lab_id(exercise_id) / FILE
        self._journal = Journal(path, contents, seed, mutants)
        if resume:
            self._journal.load()
        self._leaks = LeakCheck(self._play, path.with_name(INVENTORY))
        self._mutants = mutants
        self._on_row = on_row
        self._result = ReplayResult(exercise_id, seed)
        self._solved: set[str] = set()
        self._play.passed = lambda: self._solved

    @property
    def playground(self) -> Playground:
        """The exercise and its lab."""
        return self._play

    def run(
        self, sink: EventSink, cancel: threading.Event, *, until: str | None = None
    ) -> ReplayResult:
        """Play everything, or up to step ``until`` included.

        A step whose solution does not work ends the replay: the next ones stand on it.

        Raises:
            LabError: the lab itself failed.
            Cancelled: ``cancel`` was set.
        """
        known = [step.id for step in self._play.exercise.steps]
        if until is not None and until not in known:
            raise LabError(
                _("l'étape « {until} » n'existe pas").format(until=until),
                hint=_("étapes : {known}").format(known=", ".join(known)),
            )
        started = time.monotonic()
        done = self._begin(sink, cancel)
        self._result.prepare_seconds = time.monotonic() - started
        # A quick look, without a mutant, does without the leak check too.
        thorough = self._play.machines and self._mutants != 0 and until is None
        if thorough and not done:
            self._leaks.before(sink, cancel)
        # Its lines may stand on any step: nothing is known of them before the last.
        listed = bool(self._play.exercise.checklist) and until is None
        if listed and not done:
            self._checklist(checklist_proof.BEFORE, checklist_proof.before)
        for step in self._play.exercise.steps:
            if step.id not in done:
                if not self._step(step, sink, cancel):
                    break
                self._finished(step, done, self._journal.seconds + time.monotonic() - started)
            if step.id == until:
                break
        else:
            if listed:
                self._checklist(checklist_proof.AFTER, checklist_proof.after)
            # It resets the lab, which drops the ends that a corrected replay would go on from.
            if thorough and self._result.ok:
                self._nothing_left(sink, cancel)
        self._result.seconds = self._journal.seconds + time.monotonic() - started
        if self._result.ok and until is None:
            self._journal.path.unlink(missing_ok=True)
        return self._result

    def close(self, sink: EventSink, *, keep: bool) -> None:
        """Put the machines to sleep, or remove them unless ``keep``."""
        try:
            if keep:
                self._play.down(sink)
            elif self._play.has_lab:
                self._play.delete()
        finally:
            self._play.close()

    def _begin(self, sink: EventSink, cancel: threading.Event) -> list[str]:
        """Bring the machines to where the replay starts; the steps that are behind."""
        done, rows = list(self._journal.done), list(self._journal.rows)
        fresh, end = self._play.up(sink, cancel), self._last_end(done)
        if self._play.machines:
            if fresh:
                done = []
            elif end and self._play.lab.has_checkpoint(end):
                self._play.lab.rewind(end, sink, cancel)
            else:
                done = []
                self._play.lab.reset(sink, cancel)
        if not done:
            self._journal.forget()
            return done
        self._solved.update(done)
        for row in rows:
            self._tell(row)
        return done

    def _checklist(self, stage: str, complain: Callable[[Playground], str]) -> None:
        began = time.monotonic()
        complaint = complain(self._play)
        self._tell(Row.until_now(STEP, stage, began, complaint))

    def _step(self, step: Step, sink: EventSink, cancel: threading.Event) -> bool:
        """Prove a step; whether the next ones can stand on it."""
        if step.is_quiz:
            self._quiz(step)
            return True
        proof = StepProof(
            self._play,
            step,
            seed=self._result.seed,
            mutants=self._mutants,
            solved=self._solved,
            tell=self._tell,
            sink=sink,
            cancel=cancel,
        )
        return proof.prove()

    def _quiz(self, step: Step) -> None:
        drawn = Drawn.of(self._play.exercise.numbers, self._play.parameters, self._play.seed)
        began = time.monotonic()
        for stage, complaint in prove(questionnaire(step, drawn), mutants=self._mutants != 0):
            self._tell(Row.until_now(step.id, stage, began, complaint))
            began = time.monotonic()

    def _finished(self, step: Step, done: list[str], seconds: float) -> None:
        before = self._last_end(done)
        done.append(step.id)
        if self._result.ok:
            self._journal.write(done, self._result.rows, seconds)
        # After a failure, a replay to come goes on from the last step that was right.
        if before and not step.is_quiz and before != self._last_end(self._journal.done):
            self._play.lab.forget(before)

    def _last_end(self, done: list[str]) -> str:
        """The saved state where the steps done leave the machines; empty before the first."""
        behind = [i for i in done if not self._play.step(i).is_quiz]
        return end_of(behind[-1]) if behind else ""

    def _nothing_left(self, sink: EventSink, cancel: threading.Event) -> None:
        began = time.monotonic()
        self._solved.clear()
        complaint = self._leaks.after(sink, cancel)
        self._tell(Row.until_now(STEP, STAGE, began, complaint))
        if self._result.ok:
            self._leaks.forget()

    def _tell(self, row: Row) -> None:
        self._result.rows.append(row)
        self._on_row(row)


def lab_id(exercise_id: str) -> str:
    """The lab that replays of an exercise have for themselves."""
    return f"rejeu-{exercise_id}"
