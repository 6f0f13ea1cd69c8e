"""A trainee's session: an exercise on its lab, with progress."""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.fill import fill, fill_hints
from pcapra_lab.content.models import Exercise, Step, Topology
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.drills.objective import Instant
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.faults.injector import FaultInjector
from pcapra_lab.lab.faults.record import Active
from pcapra_lab.lab.lock import HolderKind, Patience
from pcapra_lab.lab.manifest import PREPARED
from pcapra_lab.lab.memory import MemoryPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.exam_entries import Kind
from pcapra_lab.progress.store import END, ProgressStore
from pcapra_lab.remote.shell import Shell
from pcapra_lab.report.keys import own_key
from pcapra_lab.report.notary import Notary
from pcapra_lab.session.api import (
    Checkpoint,
    EventSink,
    Hint,
    QuestionView,
    RemoteFile,
    SessionState,
    StepStatus,
)
from pcapra_lab.session.blueprint import Blueprint
from pcapra_lab.session.breaks import Breaks
from pcapra_lab.session.bundling import must_be_graded, ungraded
from pcapra_lab.session.catching_up import solve_until
from pcapra_lab.session.consoles import Consoles
from pcapra_lab.session.digests import content_digest
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.exam_bench import SessionBench
from pcapra_lab.session.exam_data import handed_in
from pcapra_lab.session.exam_record import Register
from pcapra_lab.session.examining import Examining
from pcapra_lab.session.guest_files import read_file, write_file
from pcapra_lab.session.health import VmHealth, examine
from pcapra_lab.session.helping import Helping
from pcapra_lab.session.inspection import Inspection
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.parking import memory_plan, park
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.quizzing import Quizzing
from pcapra_lab.session.sightings import Sightings
from pcapra_lab.session.surveying import surveyed
from pcapra_lab.session.timekeeper import Timekeeper
from pcapra_lab.session.vigil import Vigil
from pcapra_lab.session.walk import FINISH, Walk

_RESET = N_("les machines ont été réinitialisées pendant le drill")


class LabSession:
    """``session.api.TraineeSession`` on real machines."""

    def __init__(
        self,
        installation: Installation,
        progress: ProgressStore,
        exercise_id: str,
        *,
        exclusive: bool = True,
        patience: Patience | None = None,
    ) -> None:
        self._progress = progress
        self._id = exercise_id
        # The lesson before the lock: a malformed one must not leave the lab taken.
        self.exercise: Exercise = installation.catalogue.exercise(exercise_id)
        module, __, name = self.exercise.lesson.partition("/")
        document = installation.catalogue.lesson(module, name)
        seed = progress.seed(exercise_id)
        parameters = draw_all(self.exercise, seed)
        self.lesson: LessonDocument = fill(document, parameters)
        self.exercise = fill_hints(self.exercise, parameters)
        self._play = Playground(
            installation,
            exercise_id,
            exercise_id,
            seed,
            exclusive=exclusive,
            patience=patience,
        )
        self.topology: Topology = self._play.topology
        self._machines = Machines(self._play, exercise_id)
        self._walk = Walk(self._play, progress)
        self._quizzing = Quizzing(progress, self.exercise, parameters, seed)
        self._helping = Helping(progress, exercise_id, self._play.folder, self._quizzing)
        self._play.passed = self._walk.passed
        self._vigil = Vigil(lambda: self._play.lab.world.hypervisor)
        self.web = Consoles(
            self.lesson.meta.consoles,
            self.topology,
            lambda vm: self._play.lab.links.trainee(vm),  # noqa: PLW0108 - no lab is made yet
        )
        self._ready = False
        # Grading, solving and resetting never overlap: each changes what the others look at.
        self._turn = threading.RLock()
        lasting = exclusive and (patience is None or patience.then is HolderKind.SESSION)
        ways = (self._walk.current_id, self._prepared, self._turn)
        self.drills = Drilling.of(self._play, progress.drills, *ways, lasting=lasting)
        self.inspection = Inspection(
            self._play,
            self._machines,
            progress,
            self.health,
            self._turn,
            allowed=lambda: self.exams.forbid(_("aucune checklist")),
        )
        """The machines as they are found, and the exercise's checklist."""
        self._lasting = lasting
        run = progress.run_number(exercise_id)
        attempts = [one for one in progress.attempts(exercise_id) if one.run == run]
        self._sightings = Sightings(attempts)
        plan = self.exercise.architecture
        self.blueprint = None if plan is None else Blueprint(plan, self._sightings)
        content = partial(content_digest, installation.catalogue, exercise_id)
        notary = Notary(lambda: own_key(installation.paths.identity))
        register = Register(
            progress, self.exercise, installation.paths.exams, content, signer=notary
        )
        parts = (self._walk, self._quizzing, self.drills, self._machines)
        ways_of_exams = (
            self._begin_anew,
            self._count,
            self._enter,
            self._still,
            self._sightings.take,
        )
        bench = SessionBench(self._play, progress, parts, *ways_of_exams)
        self.exams = Examining(self.exercise, register, bench, self._walk.current_id, self._turn)
        self._walk.keeps_checkpoints = lambda: not self.exams.running
        self._time = Timekeeper(
            progress.pace, exercise_id, self._walk.current_id, lambda: self.exams.running
        )
        self._breaks = Breaks(exercise_id, self._time, self.exams, self.drills)

    def state(self) -> SessionState:
        """See ``TraineeSession.state``."""
        self._time.tick()
        why = ungraded(self._play.installation, self.exercise, self._id)
        exam = self.exams.view()
        steps = self._walk.statuses(ungraded=why is not None, pending=self._time.pending)
        if exam is not None and exam.running:
            steps = handed_in(steps, exam)
        return SessionState(
            exercise=self._id,
            current_step=self._walk.current_id(),
            steps=steps,
            vms=self._machines.statuses(),
            ready=self._ready,
            seconds=sum(s.seconds for s in steps),
            ungraded=why.message if why else "",
            paused=self._time.paused_since is not None,
            exam=exam,
        )

    def start(self, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``TraineeSession.start``."""
        must_be_graded(self._play.installation, self.exercise, self._id)
        if not self._machines.running:
            self._time.fell()
        with self._bringing_machines():
            first = self._play.up(on_event, cancel)
            self.drills.recover()
            if first and self._progress.steps(self._id):
                self.exams.must_not_have_begun()
                self._progress.restart(self._id)
            self._walk.enter(on_event)
            self._ready = True
        self._breaks.over()
        self.exams.tell(Kind.OPEN)
        self._count()

    def pause(self, on_event: EventSink) -> None:
        """See ``TraineeSession.pause``."""
        with self._turn:
            self._breaks.begin(lambda: self.stop(on_event))

    def resume(self, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``TraineeSession.resume``."""
        self._breaks.end(self.start, on_event, cancel)
        if self._machines.running:
            self._time.start()

    @property
    def faults(self) -> FaultInjector:
        """The faults of this lab's machines."""
        return self._play.lab.faults

    def active_faults(self) -> list[Active]:
        """The faults in effect, oldest first. Cheap, and wakes nothing."""
        return self.faults.active() if self._play.has_lab else []

    def memory_plan(self) -> MemoryPlan:
        """What bringing the machines up would take, and what could be parked for it."""
        return memory_plan(self._play.installation, self._id)

    def park(self, lab_id: str, on_event: EventSink) -> None:
        """Put another lab of this installation to sleep. Raises ``LabBusy`` if it is in use."""
        park(self._play.installation, lab_id, on_event)

    def stop(self, on_event: EventSink) -> None:
        """See ``TraineeSession.stop``."""
        with self._turn:
            # First: a vigil that lost its daemon would start it again.
            self._vigil.stop()
            self._time.stop()
            self.web.close()
            self.drills.interrupt_all(_("les machines ont été endormies pendant le drill"))
            self._ready = False
            self._play.down(on_event)
            self.exams.note(Kind.SLEEP)

    def delete(self) -> None:
        """Remove the machines and their disks; the progress made is kept as history."""
        with self._turn:
            self.exams.forbid(_("les machines ne se suppriment pas"))
            self._vigil.stop()
            self._time.stop()
            self._ready = False
            self._play.delete()

    def reset(self, on_event: EventSink, cancel: threading.Event, vm: str | None = None) -> None:
        """See ``TraineeSession.reset``."""
        self.exams.forbid(_("aucun retour en arrière"))
        if vm is None:
            self._begin_anew(on_event, cancel)
            self._count()
            return
        with self._bringing_machines():
            self.drills.interrupt_all(_(_RESET))
            label = self._walk.label(self._walk.current_id() or END)
            if not self._play.lab.has_checkpoint(label):
                label = PREPARED
            self._play.lab.reset_vm(self._machines.known(vm), on_event, cancel, label)

    def _begin_anew(self, on_event: EventSink, cancel: threading.Event) -> None:
        """All machines as they were prepared, progress at the first step of a new run."""
        must_be_graded(self._play.installation, self.exercise, self._id)
        with self._bringing_machines():
            self.drills.interrupt_all(_(_RESET), forgotten=True)
            self._time.stop()
            if self._play.has_lab and self._play.lab.prepared:
                self._play.lab.reset(on_event, cancel)
            else:
                self._play.up(on_event, cancel)
            self._progress.restart(self._id)
            self._sightings.forget()
            self._walk.enter(on_event)
            self._ready = True

    def rewind(self, step_id: str, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``TraineeSession.rewind``."""
        self.exams.forbid(_("aucun retour en arrière"))
        with self._bringing_machines():
            target = END if step_id == FINISH else step_id
            if target != END:
                self._walk.index(target)
            label = self._walk.label(target)
            if not self._play.lab.has_checkpoint(label):
                known = ", ".join(c.step for c in self.checkpoints()) or _("aucun")
                raise LabError(
                    _(
                        "pas de point de retour pour « {step_id} » (ceux qui existent : {known})"
                    ).format(step_id=step_id, known=known),
                    hint=_(
                        "pcapra-lab solve --until {step_id} y mène, solutions appliquées"
                    ).format(step_id=step_id),
                )
            self._time.stop()
            said = _("les machines ont été ramenées en arrière")
            self.drills.interrupt_all(said, forgotten=True)
            self._play.lab.rewind(label, on_event, cancel)
            self._walk.move(target)
            self._sightings.forget()
            self.drills.forget(self._walk.from_on(target))
            self._ready = True
        self._count()

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """See ``TraineeSession.checkpoints``."""
        if not self._play.has_lab or self.exams.running:
            return ()
        titles = {self._walk.label(s.id): (s.id, s.title) for s in self.exercise.steps}
        titles[self._walk.label(END)] = (FINISH, _("Exercice terminé"))
        return tuple(
            Checkpoint(*titles[one.saved.label], at=one.saved.at, mib=one.mib)
            for one in self._play.lab.checkpoints()
            if one.saved.label in titles
        )

    def way_back(self) -> str | None:
        """See ``TraineeSession.way_back``."""
        return None if self.exams.running else self._walk.way_back()

    def check(self, *, observe_only: bool = False, on_event: EventSink = ignore) -> StepReport:
        """See ``TraineeSession.check``."""
        with self._turn:
            if not observe_only:
                self.exams.forbid(_("aucune vérification"))
                self._breaks.over()
            step = self._step()
            if self.exams.running:
                return self.exams.untold(step)
            if (report := self.drills.not_yet(step)) is not None:
                return report
            if step.is_quiz:
                report = self._quizzing.report(step)
            else:
                report = self._graded(step, on_event, observe_only=observe_only)
            self._time.tick()
            if not observe_only:
                self._record(step, report, on_event)
            return report

    def _graded(self, step: Step, on_event: EventSink, *, observe_only: bool) -> StepReport:
        self._current()
        # Its setup failed when the step before it was passed: try again.
        self._enter(on_event)
        began = Instant.now()
        report = self._play.grade(step, observe_only=observe_only)
        self._sightings.take(report)
        self.drills.graded(step, report, began.monotonic)
        return self._helping.advised(step, self._walk.measured(step, report, began))

    def _record(self, step: Step, report: StepReport, on_event: EventSink) -> None:
        """An attempt; if it is green its drill ends, and the next step begins."""
        if report.green:
            self.drills.passed(step)
        score = self._quizzing.score(step) if step.is_quiz else self.drills.score(step)
        self._walk.record(step, report, score)
        # A quiz may be done while the machines sleep: what follows is prepared when they wake.
        if report.green and (self._ready or self._machines.running):
            if self._walk.after(step) is None:
                with self._vigil.expected():
                    self._walk.checkpoint(END, on_event)
            self._enter(on_event)

    def survey(self) -> None:
        """See ``TraineeSession.survey``."""
        if self.blueprint is None or self.exams.running:
            return
        with self._turn:
            self._machines.must_run()
            for step in surveyed(self.exercise, self.blueprint.checks, self._walk.passed()):
                self._sightings.take(self._play.grade(step, observe_only=True))

    def questions(self) -> tuple[QuestionView, ...]:
        """See ``TraineeSession.questions``."""
        current = self._walk.current_id()
        known = () if current is None else self._quizzing.questions(self._play.step(current))
        return tuple(map(self.exams.masked, known))

    def answer(self, question: str, answer: str) -> QuestionView:
        """See ``TraineeSession.answer``."""
        with self._turn:
            step = self._step()
            self.exams.may_answer(self._quizzing.questions(step), question)
            self._breaks.over()
            return self.exams.masked(self._quizzing.answer(step, question, answer))

    def give_up(self, question: str) -> QuestionView:
        """See ``TraineeSession.give_up``."""
        with self._turn:
            self.exams.forbid(_("aucune solution"))
            return self._quizzing.give_up(self._step(), question)

    def hint(self) -> Hint:
        """See ``TraineeSession.hint``."""
        self.exams.forbid(_("aucun indice"))
        self._breaks.over()
        return self._helping.hint(self._step())

    def solution(self) -> Hint:
        """The current step's solution in words."""
        self.exams.forbid(_("aucune solution"))
        return self._helping.solution(self._step())

    def current_status(self) -> StepStatus:
        """Where the trainee stands on the current step.

        Raises:
            LabError: every step is done.
        """
        current = self._step()
        return next(step for step in self.state().steps if step.id == current.id)

    def solve(self, on_event: EventSink) -> StepReport:
        """See ``TraineeSession.solve``."""
        with self._turn:
            self.exams.forbid(_("aucune solution"))
            self._breaks.over()
            step = self._step()
            if step.is_quiz:
                self._quizzing.give_up_all(step)
                return self.check(on_event=on_event)
            self._current()
            self._enter(on_event)
            self._progress.use_solution(self._id, step.id)
            self.drills.strike_unmeasured(step)
            self._walk.solve(step, on_event)
            return self.check(on_event=on_event)

    def solve_until(
        self, step_id: str, on_event: EventSink, cancel: threading.Event
    ) -> StepReport | None:
        """Solve the steps before ``step_id``, or every step for ``fin``.

        Returns:
            The report of the step that its solution did not turn green; None once there.

        Raises:
            LabError: that step is behind.
            Cancelled: between two steps; those done stay done.
        """
        return solve_until(self._walk, self.solve, step_id, on_event, cancel)

    def follow(self, on_power: Callable[[str, VmPower], None]) -> Callable[[], None]:
        """See ``TraineeSession.follow``."""

        def told(vm: str, power: VmPower) -> None:
            if power in (VmPower.STOPPED, VmPower.ABSENT):
                # Its forwarded port died with its QEMU.
                self._play.lab.links.close([vm])
            on_power(vm, power)

        return self._vigil.follow(told)

    def health(self, vms: Collection[str]) -> tuple[VmHealth, ...]:
        """See ``TraineeSession.health``."""
        known = [self._machines.known(vm) for vm in vms]
        power, faults = self._machines.power(), self.active_faults()
        return examine(known, power, faults, self._play.lab.links.root)

    def open_shell(self, vm: str, columns: int, rows: int) -> Shell:
        """See ``TraineeSession.open_shell``."""
        self._time.attend()
        return self._play.lab.links.trainee(self._machines.known(vm)).shell(columns, rows)

    def read_file(self, vm: str, path: str) -> RemoteFile:
        """See ``TraineeSession.read_file``."""
        return read_file(self._play.lab.links.root(self._machines.known(vm)), path)

    def write_file(self, vm: str, path: str, content: str, mode: str) -> None:
        """See ``TraineeSession.write_file``."""
        write_file(self._play.lab.links.root(self._machines.known(vm)), path, content, mode)

    def close(self) -> None:
        """See ``TraineeSession.close``."""
        self.drills.leave()
        self._vigil.stop()
        self._time.leave()
        if self._lasting and self._ready:
            self.exams.note(Kind.LEAVE)
        self.web.close()
        self._play.close()

    @contextmanager
    def _bringing_machines(self) -> Iterator[None]:
        """What happens to machines meanwhile is wanted; from then on it is watched."""
        with self._turn, self._vigil.expected():
            yield
        if self._play.machines:
            self._vigil.start({vm.domain: vm.name for vm in self._play.lab.plan.vms})

    def _count(self) -> None:
        """The lab is up: time is the trainee's, also while this program only shows it."""
        self._time.start()
        if self._lasting:
            self._time.attend()

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Count what was spent until now; what follows is the program's time."""
        if self._machines.running:
            self._time.start()
        self._time.stop()
        try:
            yield
        finally:
            if self._machines.running:
                self._time.start()

    def _enter(self, on_event: EventSink) -> None:
        # Its checkpoint pauses the machines.
        with self._vigil.expected():
            self._walk.enter(on_event)

    def _step(self) -> Step:
        """The current step, for what needs no machine."""
        must_be_graded(self._play.installation, self.exercise, self._id)
        current = self._walk.current_id()
        if current is None:
            raise LabError(
                _("toutes les étapes de cet exercice sont réussies"),
                hint=_("pcapra-lab reset le recommence depuis le début"),
            )
        self._progress.enter(self._id, current)
        return next(step for step in self.exercise.steps if step.id == current)

    def _current(self) -> Step:
        """The current step, its machines running."""
        step = self._step()
        if not self._ready:
            self._attach()
        return step

    def _prepared(self) -> None:
        """The current step's machines run, and its setup has run."""
        with self._turn:
            self._current()
            self._enter(ignore)

    def _attach(self) -> None:
        """A new process finds the machines running: nothing to start, only to make sure."""
        self._machines.must_run()
        self._enter(ignore)
        self._ready = True
        self._time.start()
