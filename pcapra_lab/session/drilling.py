"""Leads the drills of an exercise: declared, started, struck, diagnosed, measured."""

import threading
import time
from collections.abc import Collection

from pcapra_lab.content.drill import Drill
from pcapra_lab.content.models import Step
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.timeline import Moment, Targets
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.progress.drills import DrillStore
from pcapra_lab.progress.records import DrillRecord, DrillState
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.custody import Custody
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_book import Book, Page, host_boot
from pcapra_lab.session.drill_declaring import declared_page, must_suit, undeclared_page
from pcapra_lab.session.drill_refusals import refusal
from pcapra_lab.session.drill_run import DrillRun
from pcapra_lab.session.drill_view import as_view, phase_of
from pcapra_lab.session.on_call import chosen, must_be_new
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.walk import Walk


class Drilling:
    """``session.drill_api.Drills`` on an exercise's machines.

    Args:
        play: the exercise and its machines.
        store: where drills are kept.
        walk: which step is current.
        custody: makes the machines ready; while it is somebody's turn nothing moves them.
    """

    def __init__(self, play: Playground, store: DrillStore, walk: Walk, custody: Custody) -> None:
        exercise = play.exercise.id
        self._play = play
        self._book = Book(store, exercise, play.installation.paths.labs / exercise / "drills")
        self._walk = walk
        self._custody = custody
        self._keeper = ProcessId.current() if custody.lasting else None
        """The process with which drills end; None for a command, which leaves them running."""
        self._run = DrillRun(play, self._book, self._keeper)

    # -- what a front asks for ------------------------------------------------------------------

    def view(self, step: str | None = None) -> DrillView | None:
        """See ``Drills.view``."""
        name = step or self._walk.current_id()
        drill = self._play.step(name).drill if name is not None else None
        if name is None or drill is None:
            return None
        return self._seen(name, drill, self._book.current(name))

    def declare(self, rto: float | None, rpo: float | None, seed: str | None = None) -> DrillView:
        """See ``Drills.declare``."""
        step = self._step()
        self.recover()
        drill, targets = self._drill(step), Targets(rto, rpo)
        must_suit(drill, targets, seed)
        phase = phase_of(self._book.current(step.id))
        if phase.running or phase is DrillPhase.ENDED:
            raise LabError(
                _("le drill a déjà commencé : ses objectifs ne changent plus"),
                hint=_("pcapra-lab rewind {step} le recommence").format(step=step.id),
            )
        page = declared_page(drill, targets, seed, self._keeper)
        try:
            self._book.open(step.id, page)
        except KeyError as error:
            raise LabError(
                _("l'étape n'a pas encore commencé"), hint=_("pcapra-lab up démarre les machines")
            ) from error
        return self._viewed(step)

    def start(self, on_event: EventSink, cancel: threading.Event) -> DrillView:
        """See ``Drills.start``."""
        self._custody.make_ready()
        step = self._step()
        drill = self._drill(step)
        record = self._book.current(step.id)
        if record is None or record.state is not DrillState.DECLARED:
            raise refusal(step.id, phase_of(record))

        def begun(page: Page) -> None:
            page.recorded = drill.writer is not None
            page.sounding = drill.availability is not None
            page.keeper = ProcessId.current()

        record = self._book.change(record, begun, DrillState.RUNNING)
        try:
            self._run.begin(record, drill, on_event, cancel)
            if drill.surprise is not None:
                self._run.keep_watch(record, drill, on_event, cancel, self._custody.turn)
            else:
                self._run.wait_calmly(record, drill, on_event, cancel)
                with self._custody.turn:
                    self._run.strike(record, drill)
        except BaseException as error:
            why = error.message if isinstance(error, LabError) else ""
            self._run.interrupt(record, why or _("le démarrage a été annulé"))
            raise
        return self._viewed(step)

    def follow(self) -> DrillView | None:
        """See ``Drills.follow``."""
        current = self._walk.current_id()
        drill = self._play.step(current).drill if current is not None else None
        if current is None or drill is None:
            return None
        record = self._book.current(current)
        if record is not None and record.state is DrillState.RUNNING:
            self._run.look(record, drill)
            self._run.probe(record, drill)
            if (surprise := self._run.filled(drill).surprise) is not None:
                self._run.surprising.examine(record, surprise)
        return self.view(current)

    def diagnose(self, words: str) -> DrillView:
        """See ``Drills.diagnose``."""
        at = Mark(time.monotonic())
        step = self._step()
        if self._drill(step).surprise is not None:
            machine, __, cause = words.strip().partition(" ")
            return self.accuse(machine, cause)
        record = self._struck(step)
        page = Page.from_data(record.data)
        if Moment.DIAGNOSED in page.timeline.marks:
            raise LabError(
                _("le diagnostic est déjà donné : « {words} »").format(
                    words=page.timeline.diagnosis
                ),
                hint=_("sa date ne change plus ; réparez, puis vérifiez l'étape"),
            )
        said = " ".join(words.split())[:400]
        if not said:
            raise LabError(_("le diagnostic est vide"), hint=_("dites en une phrase ce qui arrive"))

        def told(page: Page) -> None:
            if Moment.DIAGNOSED not in page.timeline.marks:
                page.timeline.diagnosis = said
                page.timeline.mark(Moment.DIAGNOSED, at, time.time())

        self._book.change(record, told)
        return self._viewed(step)

    def accuse(self, machine: str, cause: str) -> DrillView:
        """See ``Drills.accuse``."""
        at = Mark(time.monotonic())
        step = self._step()
        surprise = self._run.filled(self._drill(step)).surprise
        record = self._struck(step)
        watch = Page.from_data(record.data).watch
        if surprise is None or watch is None:
            raise LabError(
                _("ce drill n'est pas tiré au sort"),
                hint=_("pcapra-lab drill diagnose dit en une phrase ce qui arrive"),
            )
        vm, wanted = chosen(surprise, watch, machine, cause)
        must_be_new(watch, vm, wanted)
        self._run.surprising.guess(record, surprise, vm, wanted, at)
        return self._viewed(step)

    def end(self) -> DrillView:
        """See ``Drills.end``."""
        step = self._step()
        record = self._struck(step)
        with self._custody.turn:
            self._run.finish(record, self._drill(step))
        return self._viewed(step)

    def give_up(self) -> DrillView:
        """See ``Drills.give_up``."""
        step = self._step()
        record = self._book.current(step.id)
        if record is None or record.state.over:
            raise LabError(
                _("aucun drill n'est en cours"), hint=_("pcapra-lab drill declare en prépare un")
            )
        with self._custody.turn:
            self._run.interrupt(record, _("abandonné"))
        return self._viewed(step)

    def history(self) -> tuple[DrillView, ...]:
        """See ``Drills.history``."""
        return tuple(view for record, view in self.told() if record.state is DrillState.ENDED)

    def told(self) -> tuple[tuple[DrillRecord, DrillView], ...]:
        """Every drill of this exercise, whatever became of it, oldest first, in all runs."""
        drills = {step.id: step.drill for step in self._play.exercise.steps}
        return tuple(
            (record, as_view(record.step, self._run.filled(drill), record))
            for record in self._book.store.history(self._book.exercise)
            if (drill := drills.get(record.step)) is not None
        )

    # -- what the session tells -----------------------------------------------------------------

    def not_yet(self, step: Step) -> StepReport | None:
        """What checking a step comes to as long as its fault has not happened; None once it has,
        or for a step without a drill."""
        if step.drill is None:
            return None
        phase = phase_of(self._book.current(step.id))
        if phase in (DrillPhase.STRUCK, DrillPhase.RESTORED, DrillPhase.ENDED):
            return None
        why = _("la panne du drill n'a pas encore eu lieu")
        if step.drill.surprise is not None:
            why = _("la garde n'a pas encore commencé")
        if phase is DrillPhase.ON_CALL:
            view = self.view(step.id)
            left = view.on_call.left if view is not None and view.on_call is not None else None
            if left == 0:
                return None
            why = _("la garde n'est pas finie")
        results = (
            CheckResult(one.id, one.title, one.vm, Outcome.SKIP, observed=why)
            for one in step.checks
        )
        return StepReport(step.id, tuple(results), 0, 0.0)

    @property
    def watching(self) -> bool:
        """A surprise drill is on: what is wrong with the machines is for the trainee to find."""
        current = self._walk.current_id()
        if current is None:
            return False
        return phase_of(self._book.current(current)) is DrillPhase.ON_CALL

    def forbid(self, what: str) -> None:
        """Refuse what would find for the trainee what is wrong.

        Args:
            what: the sentence's beginning, such as « aucune checklist ».

        Raises:
            LabError: a surprise drill is on.
        """
        if self.watching:
            raise LabError(
                _("{what} pendant une garde").format(what=what),
                hint=_("cherchez sur les machines ; une fois l'étape réussie, tout se voit"),
            )

    def graded(self, step: Step, report: StepReport, began: float) -> None:
        """A step was graded, from ``began`` to now on the host's clock.

        Only FAIL says that the service is down, and only a whole green that it is back.
        """
        record = self._book.current(step.id)
        if step.drill is None or record is None or record.state is not DrillState.RUNNING:
            return
        ended = time.monotonic()
        failed = any(r.outcome is Outcome.FAIL for r in report.results)
        if self._by_checks(step.drill) and (report.green or failed):
            self._book.change(
                record, lambda page: page.timeline.look(began, ended, up=report.green)
            )
            self._run.mark_restored(record, step.drill)

    def passed(self, step: Step) -> None:
        """The step is green: the drill ends, and is measured."""
        record = self._book.current(step.id)
        if step.drill is not None and record is not None and record.state is DrillState.RUNNING:
            self._run.finish(record, step.drill)

    def score(self, step: Step) -> float | None:
        """The part of a step's points that its diagnoses earned; None when none were asked for."""
        record = self._book.current(step.id)
        graded = Page.from_data(record.data).assessment if record is not None else None
        return graded.score if graded is not None else None

    def strike_unmeasured(self, step: Step) -> None:
        """Make the fault happen for a trainee who wants the solution; nothing was declared.

        Raises:
            LabError: a drill is being started, or the fault could not be injected.
        """
        if step.drill is None or self.not_yet(step) is None:
            return
        record = self._book.current(step.id)
        if record is not None and record.state is DrillState.RUNNING:
            raise refusal(step.id, phase_of(record))
        opened = self._book.open(step.id, undeclared_page(step.drill, self._keeper))
        if opened is None:
            return
        record = self._book.change(opened, lambda _page: None, DrillState.RUNNING)
        if (surprise := step.drill.surprise) is not None:
            self._run.surprising.strike_all(record, surprise)
        else:
            self._run.strike(record, step.drill)

    def recover(self) -> None:
        """Interrupt what a program or a host that is gone left running."""
        for record in self._book.store.open(self._book.exercise):
            page = Page.from_data(record.data)
            gone = page.keeper is not None and not page.keeper.alive
            if gone or page.timeline.boot != host_boot():
                self._run.interrupt(record, _("le programme s'est arrêté pendant le drill"))

    def leave(self) -> None:
        """The session ends: what it keeps ends with it."""
        if self._keeper is None:
            return
        for record in self._book.store.open(self._book.exercise):
            if Page.from_data(record.data).keeper == self._keeper:
                self._run.interrupt(record, _("la session s'est terminée pendant le drill"))

    def interrupt_all(self, why: str, *, forgotten: bool = False) -> None:
        """The machines are about to be moved in time, or to stop.

        Args:
            why: told with the drill.
            forgotten: all of them go back to before the drill, which ends its fault: nothing has
                to be undone.
        """
        for record in self._book.store.open(self._book.exercise):
            if record.state is DrillState.RUNNING:
                self._run.interrupt(record, why, forgotten=forgotten)

    def forget(self, steps: Collection[str]) -> None:
        """The machines went back to before these steps."""
        self._book.store.forget(self._book.exercise, steps)

    # -- details ----------------------------------------------------------------------------

    def _step(self) -> Step:
        current = self._walk.current_id()
        step = self._play.step(current) if current is not None else None
        if step is None or step.drill is None:
            raise LabError(
                _("l'étape en cours n'a pas de drill"),
                hint=_("pcapra-lab status montre où vous en êtes"),
            )
        return step

    @staticmethod
    def _drill(step: Step) -> Drill:
        assert step.drill is not None  # noqa: S101 - ``_step`` gives no other
        return step.drill

    def _struck(self, step: Step) -> DrillRecord:
        record = self._book.current(step.id)
        phase = phase_of(record)
        going = (DrillPhase.STRUCK, DrillPhase.RESTORED, DrillPhase.ON_CALL)
        if record is None or phase not in going:
            raise refusal(step.id, phase)
        return record

    def _viewed(self, step: Step) -> DrillView:
        return self._seen(step.id, self._drill(step), self._book.current(step.id))

    def _seen(self, step: str, drill: Drill, record: DrillRecord | None) -> DrillView:
        filled, ribbon = self._run.filled(drill), None
        if filled.availability is not None and record is not None and not record.state.over:
            ribbon = self._book.ribbon(Page.from_data(record.data), filled.availability)
        return as_view(step, filled, record, ribbon)

    @staticmethod
    def _by_checks(drill: Drill) -> bool:
        """The service is back when the step's checks pass: nothing else says so."""
        return drill.probe is None and drill.availability is None
