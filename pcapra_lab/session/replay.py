"""The proof that an exercise grades what it teaches, on real machines.

In sequence, from the prepared state: each step's checks must be red, its solution must turn them
green, and each mutant applied to that green state must turn the checks it names red again.
Between mutants the whole lab goes back to the step's end. Then each other solution, from the step's
beginning, must turn the checks green as well. At the end a reset must leave nothing of it all.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pcapra_lab.content.drawn import Drawn
from pcapra_lab.content.models import Failcheck, GuestScript, Mutant, Step
from pcapra_lab.content.surprise import PoolFault
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.grading.quiz import questionnaire
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.session import checklist_proof
from pcapra_lab.session.digests import step_digests
from pcapra_lab.session.journal import FILE, Journal, Row
from pcapra_lab.session.leak_check import FILE as INVENTORY
from pcapra_lab.session.leak_check import STAGE, STEP, LeakCheck
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.quiz_proof import prove
from pcapra_lab.session.replayed_drill import ReplayedDrill


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
            if thorough:
                self._nothing_left(sink, cancel)
        self._result.seconds = self._journal.seconds + time.monotonic() - started
        if self._result.ok and until is None:
            self._journal.path.unlink(missing_ok=True)
        return self._result

    def _checklist(self, stage: str, complain: Callable[[Playground], str]) -> None:
        began = time.monotonic()
        complaint = complain(self._play)
        self._tell(Row(STEP, stage, not complaint, time.monotonic() - began, complaint))

    def _nothing_left(self, sink: EventSink, cancel: threading.Event) -> None:
        began = time.monotonic()
        self._solved.clear()
        complaint = self._leaks.after(sink, cancel)
        self._tell(Row(STEP, STAGE, not complaint, time.monotonic() - began, complaint))
        if self._result.ok:
            self._leaks.forget()

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
            self._result.rows.append(row)
            self._on_row(row)
        return done

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
        return _end(behind[-1]) if behind else ""

    def close(self, sink: EventSink, *, keep: bool) -> None:
        """Put the machines to sleep, or remove them unless ``keep``."""
        try:
            if keep:
                self._play.down(sink)
            elif self._play.has_lab:
                self._play.delete()
        finally:
            self._play.close()

    def _quiz(self, step: Step) -> bool:
        drawn = Drawn.of(self._play.exercise.numbers, self._play.parameters, self._play.seed)
        began = time.monotonic()
        for stage, complaint in prove(questionnaire(step, drawn), mutants=self._mutants != 0):
            self._row(step, stage, began, complaint)
            began = time.monotonic()
        return True

    def _step(self, step: Step, sink: EventSink, cancel: threading.Event) -> bool:
        if step.is_quiz:
            return self._quiz(step)
        self._play.run(step.setup, cancel)
        # A drill's fault is no part of a state to come back to: it is made again.
        if step.alternatives and step.drill is not None:
            self._play.lab.checkpoint(_beginning(step.id))
        drill = self._drill(step)
        if drill is not None:
            drill.strike()
        # Each check of a surprise step sees some of the faults: « _pool » proves them one by one.
        drawn = drill is not None and bool(drill.pool())
        self._graded(
            step,
            N_("rouge avant"),
            _must_be_seen if drawn else lambda r: _must_be_red(r, step),
            cancel,
        )
        if step.alternatives and step.drill is None:
            self._play.lab.checkpoint(_beginning(step.id))
        if not self._solve(step, N_("vert après"), step.solution, cancel, drill):
            return False
        self._solved.add(step.id)
        self._play.lab.checkpoint(_end(step.id))
        for mutant in self._chosen(step):
            self._mutant(step, mutant, sink, cancel)
            self._play.lab.rewind(_end(step.id), sink, cancel)
        for failcheck in step.failchecks if self._mutants != 0 else ():
            self._dead_end(step, failcheck, cancel)
            self._play.lab.rewind(_end(step.id), sink, cancel)
        if drill is not None and self._mutants != 0:
            self._pool(step, drill, sink, cancel)
        if step.alternatives:
            self._alternatives(step, sink, cancel)
        return True

    def _drill(self, step: Step) -> ReplayedDrill | None:
        if step.drill is None:
            return None
        return ReplayedDrill(self._play, step.drill, self._result.seed)

    def _pool(
        self, step: Step, drill: ReplayedDrill, sink: EventSink, cancel: threading.Event
    ) -> None:
        """Each fault that may be drawn is seen and repaired; no decoy does any harm."""
        for fault in drill.pool():
            self._pool_fault(step, drill, fault, cancel)
            self._play.lab.rewind(_end(step.id), sink, cancel)
        if drill.pool():
            drill.tempt()
            self._graded(step, N_("leurres"), _must_be_green, cancel)
            drill.forget()
            self._play.lab.rewind(_end(step.id), sink, cancel)

    def _pool_fault(
        self, step: Step, drill: ReplayedDrill, fault: PoolFault, cancel: threading.Event
    ) -> None:
        stage = _("panne {name}").format(name=fault.id)
        unseen = drill.strike_one(fault)
        self._graded(step, stage, lambda r: unseen or _must_be_seen(r), cancel)
        repaired = _("panne réparée {name}").format(name=fault.id)
        if self._solve(step, repaired, step.solution, cancel, drill):
            began = time.monotonic()
            if left := drill.gone(fault):
                self._row(step, repaired, began, left)

    def _alternatives(self, step: Step, sink: EventSink, cancel: threading.Event) -> None:
        # What is awaited after a restore depends on the steps that are passed there.
        self._solved.discard(step.id)
        for other in step.alternatives:
            self._play.lab.rewind(_beginning(step.id), sink, cancel)
            drill = self._drill(step)
            if drill is not None:
                drill.strike()
            self._solve(step, f"autre solution {other.id}", other.solution, cancel, drill)
        self._solved.add(step.id)
        self._play.lab.rewind(_end(step.id), sink, cancel)
        self._play.lab.forget(_beginning(step.id))

    def _solve(
        self,
        step: Step,
        stage: str,
        solution: list[GuestScript],
        cancel: threading.Event,
        drill: ReplayedDrill | None = None,
    ) -> bool:
        if drill is not None:
            drill.plug_in()
        try:
            return self._solved_by(step, stage, solution, cancel)
        finally:
            if drill is not None:
                drill.lift()

    def _solved_by(
        self, step: Step, stage: str, solution: list[GuestScript], cancel: threading.Event
    ) -> bool:
        began = time.monotonic()
        lost = ""
        try:
            # One at a time only where each must be looked at: neighbours share a round trip.
            for part in [[one] for one in solution] if step.failchecks else [solution]:
                self._play.run(part, cancel)
                if step.failchecks and not lost:
                    report = self._play.grade(step, observe_only=True, cancel=cancel)
                    lost = _must_not_be_lost(
                        report, _("après {script}").format(script=part[0].script)
                    )
        except Cancelled:
            raise
        except LabError as error:
            self._row(
                step,
                stage,
                began,
                _("la solution échoue : {message}").format(message=error.message),
            )
            return False
        return self._graded(step, stage, lambda r: _must_be_green(r) or lost, cancel, began)

    def _chosen(self, step: Step) -> list[Mutant]:
        if self._mutants is None:
            return step.mutants

        def rank(mutant: Mutant) -> bytes:
            return hashlib.sha256(f"{self._result.seed} {step.id} {mutant.id}".encode()).digest()

        return sorted(step.mutants, key=rank)[: self._mutants]

    def _mutant(self, step: Step, mutant: Mutant, sink: EventSink, cancel: threading.Event) -> None:
        began, stage = time.monotonic(), f"mutant {mutant.id}"
        try:
            self._play.run([mutant], cancel)
        except Cancelled:
            raise
        except LabError as error:
            self._row(
                step, stage, began, _("le mutant échoue : {message}").format(message=error.message)
            )
            return
        self._graded(step, stage, lambda r: _must_kill(r, mutant), cancel, began)

    def _dead_end(self, step: Step, failcheck: Failcheck, cancel: threading.Event) -> None:
        began, name = time.monotonic(), failcheck.check.id
        stage = _("mutant sans retour {name}").format(name=name)
        try:
            self._play.run([failcheck.broken_by], cancel)
        except Cancelled:
            raise
        except LabError as error:
            self._row(
                step, stage, began, _("le script échoue : {message}").format(message=error.message)
            )
            return

        def seen(report: StepReport) -> str:
            blind = [r for r in report.watched if r.id == name and r.outcome is not Outcome.PASS]
            return _complain(_("ne voit pas l'état sans retour"), blind)

        self._graded(step, stage, seen, cancel, began)

    def _graded(
        self,
        step: Step,
        stage: str,
        judge: Callable[[StepReport], str],
        cancel: threading.Event,
        began: float | None = None,
    ) -> bool:
        if cancel.is_set():
            raise Cancelled
        start = time.monotonic() if began is None else began
        return self._row(step, stage, start, judge(self._play.grade(step, cancel=cancel)))

    def _row(self, step: Step, stage: str, began: float, complaint: str) -> bool:
        return self._tell(Row(step.id, stage, not complaint, time.monotonic() - began, complaint))

    def _tell(self, row: Row) -> bool:
        self._result.rows.append(row)
        self._on_row(row)
        return row.ok


def lab_id(exercise_id: str) -> str:
    """The lab that replays of an exercise have for themselves."""
    return f"rejeu-{exercise_id}"


def _end(step_id: str) -> str:
    return f"fin-{step_id}"


def _beginning(step_id: str) -> str:
    return f"debut-{step_id}"


def _must_be_red(report: StepReport, step: Step) -> str:
    guards = {check.id for check in step.checks if check.guard}
    red = (Outcome.FAIL, Outcome.SKIP)
    wrong = [
        r
        for r in report.results
        if r.outcome not in red and not (r.id in guards and r.outcome is Outcome.PASS)
    ]
    return _complain(_("devrait échouer avant la solution"), wrong) or _must_not_be_lost(report)


def _must_be_seen(report: StepReport) -> str:
    if any(r.outcome is Outcome.FAIL for r in report.results):
        return ""
    return _complain(_("ne voit pas cette panne"), list(report.results))


def _must_be_green(report: StepReport) -> str:
    wrong = [r for r in report.results if r.outcome is not Outcome.PASS]
    return _complain(_("devrait réussir après la solution"), wrong) or _must_not_be_lost(report)


def _must_not_be_lost(report: StepReport, when: str = "") -> str:
    wrong = [r for r in report.watched if r.outcome is not Outcome.FAIL]
    return _complain(
        _("annonce à tort un état sans retour {when}").format(when=when).rstrip(), wrong
    )


def _must_kill(report: StepReport, mutant: Mutant) -> str:
    by_id = {r.id: r for r in report.results}
    alive = [by_id[c] for c in mutant.killed_by if by_id[c].outcome is not Outcome.FAIL]
    broken = [r for r in report.results if r.outcome is Outcome.ERROR]
    mute = [by_id[c] for c in mutant.killed_by if not by_id[c].observed]
    return (
        _complain(_("ne voit pas ce mutant"), alive)
        or _complain(_("tombe en erreur devant ce mutant"), broken)
        or _complain(_("échoue sans dire ce qu'elle a vu"), mute)
    )


def _complain(what: str, results: list[CheckResult]) -> str:
    return " ; ".join(
        f"{r.id} ({r.outcome.value}) {what}" + (f" : {r.observed}" if r.observed else "")
        for r in results
    )
