"""The proof of a step on machines: red before its solution, green after it, red under each mutant.

The solution's end is a saved state: the lab goes back to it after whatever is tried there, and the
next step stands on it.
"""

import hashlib
import threading
import time
from collections.abc import Callable

from pcapra_lab.content.models import Failcheck, GuestScript, Mutant, Step
from pcapra_lab.content.surprise import PoolFault
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.session import complaints
from pcapra_lab.session.journal import Row
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.replayed_drill import ReplayedDrill


class StepProof:
    """Plays one step in every way it has.

    Args:
        play: the exercise, on machines where the steps before this one are solved.
        step: a step on machines.
        seed: what is drawn of a surprise drill, and which mutants are if not all.
        mutants: how many to apply; None for all. With none, no other wrong state is tried either.
        solved: ids of the steps whose solution the machines hold; kept so.
        tell: called with each line as it comes.
        sink: told how far the lab is.
        cancel: ends it, by ``Cancelled``.
    """

    def __init__(
        self,
        play: Playground,
        step: Step,
        *,
        seed: str,
        mutants: int | None,
        solved: set[str],
        tell: Callable[[Row], object],
        sink: EventSink,
        cancel: threading.Event,
    ) -> None:
        self._play = play
        self._step = step
        self._seed = seed
        self._mutants = mutants
        self._solved = solved
        self._tell = tell
        self._sink = sink
        self._cancel = cancel
        self._drill: ReplayedDrill | None = None
        """The one whose fault was made to happen last."""

    def prove(self) -> bool:
        """Whether the solution works. If so the machines are left at its end, a saved state.

        Raises:
            LabError: the lab itself failed.
            Cancelled: ``cancel`` was set.
        """
        self._begin()
        if not self._solve(N_("vert après"), self._step.solution):
            return False
        self._solved.add(self._step.id)
        self._play.lab.checkpoint(end_of(self._step.id))
        if self._mutants != 0:
            self._wrong_states()
        if self._step.alternatives:
            self._alternatives()
        return True

    def _begin(self) -> None:
        """The step as the trainee finds it must be red."""
        step = self._step
        self._play.run(step.setup, self._cancel)
        # A drill's fault is no part of a state to come back to: it is made again.
        if step.alternatives and step.drill is not None:
            self._play.lab.checkpoint(_beginning_of(step.id))
        self._strike()
        # Each check of a surprise step sees some of the faults: the pool proves them one by one.
        if self._drill is not None and self._drill.pool():
            self._graded(N_("rouge avant"), complaints.must_be_seen)
        else:
            self._graded(N_("rouge avant"), lambda r: complaints.must_be_red(r, step))
        if step.alternatives and step.drill is None:
            self._play.lab.checkpoint(_beginning_of(step.id))

    def _strike(self) -> None:
        if self._step.drill is not None:
            self._drill = ReplayedDrill(self._play, self._step.drill, self._seed)
            self._drill.strike()

    # -- right ways -----------------------------------------------------------------------------

    def _solve(self, stage: str, solution: list[GuestScript]) -> bool:
        if self._drill is None:
            return self._solved_by(stage, solution)
        self._drill.plug_in()
        try:
            return self._solved_by(stage, solution)
        finally:
            self._drill.lift()

    def _solved_by(self, stage: str, solution: list[GuestScript]) -> bool:
        began = time.monotonic()
        lost = ""
        try:
            # One at a time only where each must be looked at: neighbours share a round trip.
            for part in [[one] for one in solution] if self._step.failchecks else [solution]:
                self._play.run(part, self._cancel)
                if self._step.failchecks and not lost:
                    report = self._play.grade(self._step, observe_only=True, cancel=self._cancel)
                    when = _("après {script}").format(script=part[0].script)
                    lost = complaints.must_not_be_lost(report, when)
        except Cancelled:
            raise
        except LabError as error:
            failed = _("la solution échoue : {message}").format(message=error.message)
            return self._row(stage, began, failed)
        return self._graded(stage, lambda r: complaints.must_be_green(r) or lost, began)

    def _alternatives(self) -> None:
        """The other solutions, each from the step's beginning."""
        # What is awaited after a restore depends on the steps that are passed there.
        self._solved.discard(self._step.id)
        for other in self._step.alternatives:
            self._play.lab.rewind(_beginning_of(self._step.id), self._sink, self._cancel)
            self._strike()
            self._solve(f"autre solution {other.id}", other.solution)
        self._solved.add(self._step.id)
        self._back_to_end()
        self._play.lab.forget(_beginning_of(self._step.id))

    # -- wrong states, from the solution's end --------------------------------------------------

    def _wrong_states(self) -> None:
        for mutant in self._chosen():
            self._mutant(mutant)
            self._back_to_end()
        for failcheck in self._step.failchecks:
            self._dead_end(failcheck)
            self._back_to_end()
        if self._drill is not None and self._drill.pool():
            self._pool(self._drill)

    def _chosen(self) -> list[Mutant]:
        if self._mutants is None:
            return self._step.mutants

        def rank(mutant: Mutant) -> bytes:
            return hashlib.sha256(f"{self._seed} {self._step.id} {mutant.id}".encode()).digest()

        return sorted(self._step.mutants, key=rank)[: self._mutants]

    def _mutant(self, mutant: Mutant) -> None:
        self._broken(
            f"mutant {mutant.id}",
            [mutant],
            lambda r: complaints.must_kill(r, mutant),
            _("le mutant échoue : {message}"),
        )

    def _dead_end(self, failcheck: Failcheck) -> None:
        name = failcheck.check.id
        self._broken(
            _("mutant sans retour {name}").format(name=name),
            [failcheck.broken_by],
            lambda r: complaints.must_be_lost(r, name),
            _("le script échoue : {message}"),
        )

    def _broken(
        self,
        stage: str,
        scripts: list[GuestScript] | list[Mutant],
        judge: Callable[[StepReport], str],
        failed: str,
    ) -> None:
        """What scripts break must be seen.

        Args:
            judge: what is wrong with the report then, or nothing.
            failed: said when they do not run.
        """
        began = time.monotonic()
        try:
            self._play.run(scripts, self._cancel)
        except Cancelled:
            raise
        except LabError as error:
            self._row(stage, began, failed.format(message=error.message))
        else:
            self._graded(stage, judge, began)

    def _pool(self, drill: ReplayedDrill) -> None:
        """Each fault that may be drawn is seen and repaired; no decoy does any harm."""
        for fault in drill.pool():
            self._pool_fault(drill, fault)
            self._back_to_end()
        drill.tempt()
        self._graded(N_("leurres"), complaints.must_be_green)
        drill.forget()
        self._back_to_end()

    def _pool_fault(self, drill: ReplayedDrill, fault: PoolFault) -> None:
        unseen = drill.strike_one(fault)
        self._graded(
            _("panne {name}").format(name=fault.id),
            lambda r: unseen or complaints.must_be_seen(r),
        )
        repaired = _("panne réparée {name}").format(name=fault.id)
        if self._solve(repaired, self._step.solution):
            began = time.monotonic()
            if left := drill.gone(fault):
                self._row(repaired, began, left)

    # -- details ----------------------------------------------------------------------------

    def _back_to_end(self) -> None:
        self._play.lab.rewind(end_of(self._step.id), self._sink, self._cancel)

    def _graded(
        self, stage: str, judge: Callable[[StepReport], str], began: float | None = None
    ) -> bool:
        if self._cancel.is_set():
            raise Cancelled
        start = time.monotonic() if began is None else began
        report = self._play.grade(self._step, cancel=self._cancel)
        return self._row(stage, start, judge(report))

    def _row(self, stage: str, began: float, complaint: str) -> bool:
        row = Row.until_now(self._step.id, stage, began, complaint)
        self._tell(row)
        return row.ok


def end_of(step_id: str) -> str:
    """The saved state at the end of a step's solution."""
    return f"fin-{step_id}"


def _beginning_of(step_id: str) -> str:
    return f"debut-{step_id}"
