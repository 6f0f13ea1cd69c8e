"""A trainee's session: an exercise on its lab, with progress."""

import threading
from collections.abc import Callable, Collection
from functools import partial

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.fill import fill, fill_hints
from pcapra_lab.content.models import Exercise, Topology
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.faults.injector import FaultInjector
from pcapra_lab.lab.faults.record import Active
from pcapra_lab.lab.lock import HolderKind, Patience
from pcapra_lab.lab.memory import MemoryPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.exam_entries import Kind
from pcapra_lab.progress.store import ProgressStore
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
from pcapra_lab.session.custody import Custody
from pcapra_lab.session.digests import content_digest
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.exam_bench import SessionBench
from pcapra_lab.session.exam_data import handed_in
from pcapra_lab.session.exam_record import Register
from pcapra_lab.session.examining import Examining
from pcapra_lab.session.guest_files import read_file, write_file
from pcapra_lab.session.health import VmHealth
from pcapra_lab.session.helping import Helping
from pcapra_lab.session.inspection import Inspection
from pcapra_lab.session.judging import Judging
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.parking import memory_plan, park
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.quizzing import Quizzing
from pcapra_lab.session.rewinding import Rewinding
from pcapra_lab.session.sightings import Sightings
from pcapra_lab.session.timekeeper import Timekeeper
from pcapra_lab.session.walk import Walk


class LabSession:
    """``session.api.TraineeSession`` on real machines.

    It says what may be done when (in an exam, in a pause), and leaves the doing to its parts.

    Args:
        installation: the host's.
        progress: what trainees did.
        exercise_id: whose session this is.
        exclusive: hold the lab until ``close``. Without it: only look, and open shells.
        patience: how to wait for a short command to leave the lab. Without it: do not.

    Raises:
        ContentError: there is no such exercise, or its lesson is malformed.
        LabBusy: another process has the lab.
    """

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
        exercise = installation.catalogue.exercise(exercise_id)
        module, __, name = exercise.lesson.partition("/")
        document = installation.catalogue.lesson(module, name)
        seed = progress.seed(exercise_id)
        parameters = draw_all(exercise, seed)
        self.lesson: LessonDocument = fill(document, parameters)
        self.exercise: Exercise = fill_hints(exercise, parameters)
        self._play = Playground(
            installation, exercise_id, exercise_id, seed, exclusive=exclusive, patience=patience
        )
        self.topology: Topology = self._play.topology

        # From here on, each part is made of those before it.
        register = Register(
            progress,
            self.exercise,
            installation.paths.exams,
            partial(content_digest, installation.catalogue, exercise_id),
            signer=Notary(lambda: own_key(installation.paths.identity)),
        )
        self._machines = Machines(self._play, exercise_id)
        self._walk = Walk(
            self._play, self.exercise, progress, keeps_checkpoints=lambda: not register.running
        )
        self._play.passed = self._walk.passed
        self._time = Timekeeper(
            progress.pace, exercise_id, self._walk.current_id, lambda: register.running
        )
        lasting = exclusive and (patience is None or patience.then is HolderKind.SESSION)
        self._custody = Custody(self._play, self._machines, self._walk, self._time, lasting=lasting)
        self._quizzing = Quizzing(progress, self.exercise, parameters, seed)
        self._helping = Helping(progress, exercise_id, self._play.folder, self._quizzing)
        self._sightings = Sightings.of_run(progress, exercise_id)
        plan = self.exercise.architecture
        self.blueprint = None if plan is None else Blueprint(plan, self._sightings)
        self.drills = Drilling(self._play, progress.drills, self._walk, self._custody)
        self._judging = Judging(
            self._play, self._walk, self._quizzing, self.drills, self._sightings
        )
        self._rewinding = Rewinding(
            self._play, self._walk, self._machines, self._custody, self.drills, self._sightings
        )
        bench = SessionBench(
            self._walk,
            self._machines,
            self._custody,
            self._rewinding,
            self._judging,
            self._quizzing,
            self.drills,
        )
        self.exams = Examining(
            self.exercise, register, bench, self._walk.current_id, self._custody.turn
        )
        self._breaks = Breaks(exercise_id, self._time, self.exams, self.drills)
        self.inspection = Inspection(
            self._play,
            self._machines,
            progress,
            self._custody.turn,
            allowed=self._may_tell_checklist,
        )
        """The machines as they are found, and the exercise's checklist."""
        self.web = Consoles(
            self.lesson.meta.consoles,
            self.topology,
            lambda vm: self._play.lab.links.trainee(vm),  # noqa: PLW0108 - no lab is made yet
        )

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
            ready=self._custody.ready,
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
        with self._custody.bringing():
            first = self._play.up(on_event, cancel)
            self.drills.recover()
            if first and self._progress.steps(self._id):
                self.exams.must_not_have_begun()
                self._walk.restart()
            self._walk.enter(on_event)
        self._breaks.over()
        self.exams.tell(Kind.OPEN)
        self._custody.count()

    def pause(self, on_event: EventSink) -> None:
        """See ``TraineeSession.pause``."""
        with self._custody.turn:
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
        return self._machines.active_faults()

    def memory_plan(self) -> MemoryPlan:
        """What bringing the machines up would take, and what could be parked for it."""
        return memory_plan(self._play.installation, self._id)

    def park(self, lab_id: str, on_event: EventSink) -> None:
        """Put another lab of this installation to sleep. Raises ``LabBusy`` if it is in use."""
        park(self._play.installation, lab_id, on_event)

    def stop(self, on_event: EventSink) -> None:
        """See ``TraineeSession.stop``."""
        with self._custody.turn:
            self._custody.let_go()
            self.web.close()
            self.drills.interrupt_all(_("les machines ont été endormies pendant le drill"))
            self._play.down(on_event)
            self.exams.note(Kind.SLEEP)

    def delete(self) -> None:
        """Remove the machines and their disks; the progress made is kept as history."""
        with self._custody.turn:
            self.exams.forbid(_("les machines ne se suppriment pas"))
            self._custody.let_go()
            said = _("les machines ont été supprimées pendant le drill")
            self.drills.interrupt_all(said, forgotten=True)
            self._play.delete()

    def reset(self, on_event: EventSink, cancel: threading.Event, vm: str | None = None) -> None:
        """See ``TraineeSession.reset``."""
        self.exams.forbid(_("aucun retour en arrière"))
        if vm is not None:
            self._rewinding.reset_vm(vm, on_event, cancel)
            return
        self._rewinding.begin_anew(on_event, cancel)
        self._custody.count()

    def rewind(self, step_id: str, on_event: EventSink, cancel: threading.Event) -> None:
        """See ``TraineeSession.rewind``."""
        self.exams.forbid(_("aucun retour en arrière"))
        self._rewinding.go_back(step_id, on_event, cancel)
        self._custody.count()

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """See ``TraineeSession.checkpoints``."""
        return () if self.exams.running else self._rewinding.checkpoints()

    def way_back(self) -> str | None:
        """See ``TraineeSession.way_back``."""
        return None if self.exams.running else self._walk.way_back()

    def check(
        self,
        *,
        observe_only: bool = False,
        on_event: EventSink = ignore,
        cancel: threading.Event | None = None,
    ) -> StepReport:
        """See ``TraineeSession.check``."""
        with self._custody.turn:
            if not observe_only:
                self.exams.forbid(_("aucune vérification"))
                self._breaks.over()
            step = self._walk.current()
            if self.exams.running:
                return self.exams.untold(step)
            if (report := self.drills.not_yet(step)) is not None:
                return report
            if not step.is_quiz:
                self._custody.make_ready(on_event)
            report = self._judging.grade(
                step, observe_only=observe_only, on_event=on_event, cancel=cancel
            )
            self._time.tick()
            if not observe_only:
                self._judging.record(step, report)
                if report.green:
                    self._custody.advance(step, on_event)
            return self._helping.advised(step, report)

    def survey(self) -> None:
        """See ``TraineeSession.survey``."""
        if self.blueprint is None or self.exams.running or self.drills.watching:
            return
        with self._custody.turn:
            self._machines.must_run()
            self._judging.survey(self.blueprint.checks)

    def questions(self) -> tuple[QuestionView, ...]:
        """See ``TraineeSession.questions``."""
        current = self._walk.current_id()
        known = () if current is None else self._quizzing.questions(self._play.step(current))
        return tuple(map(self.exams.masked, known))

    def answer(self, question: str, answer: str) -> QuestionView:
        """See ``TraineeSession.answer``."""
        with self._custody.turn:
            step = self._walk.current()
            self.exams.may_answer(self._quizzing.questions(step), question)
            self._breaks.over()
            return self.exams.masked(self._quizzing.answer(step, question, answer))

    def give_up(self, question: str) -> QuestionView:
        """See ``TraineeSession.give_up``."""
        with self._custody.turn:
            self.exams.forbid(_("aucune solution"))
            self._breaks.over()
            return self._quizzing.give_up(self._walk.current(), question)

    def hint(self) -> Hint:
        """See ``TraineeSession.hint``."""
        self.exams.forbid(_("aucun indice"))
        self._breaks.over()
        return self._helping.hint(self._walk.current())

    def solution(self) -> Hint:
        """The current step's solution in words."""
        self.exams.forbid(_("aucune solution"))
        self._breaks.over()
        return self._helping.solution(self._walk.current())

    def current_status(self) -> StepStatus:
        """Where the trainee stands on the current step.

        Raises:
            LabError: every step is done.
        """
        current = self._walk.current()
        return next(step for step in self.state().steps if step.id == current.id)

    def solve(self, on_event: EventSink, cancel: threading.Event | None = None) -> StepReport:
        """See ``TraineeSession.solve``."""
        with self._custody.turn:
            self.exams.forbid(_("aucune solution"))
            self._breaks.over()
            step = self._walk.current()
            if step.is_quiz:
                self._quizzing.give_up_all(step)
                return self.check(on_event=on_event)
            self._custody.make_ready(on_event)
            self._progress.use_solution(self._id, step.id)
            self.drills.strike_unmeasured(step)
            self._walk.solve(step, on_event, cancel)
            return self.check(on_event=on_event, cancel=cancel)

    def solve_until(
        self, step_id: str, on_event: EventSink, cancel: threading.Event
    ) -> StepReport | None:
        """See ``catching_up.solve_until``."""
        return solve_until(self._walk, self.solve, step_id, on_event, cancel)

    def follow(self, on_power: Callable[[str, VmPower], None]) -> Callable[[], None]:
        """See ``TraineeSession.follow``."""
        return self._custody.follow(on_power)

    def health(self, vms: Collection[str]) -> tuple[VmHealth, ...]:
        """See ``TraineeSession.health``."""
        return self._machines.health(vms)

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
        self._custody.leave()
        if self._custody.lasting and self._custody.at_hand:
            self.exams.note(Kind.LEAVE)
        self.web.close()
        self._play.close()

    def _may_tell_checklist(self) -> None:
        what = _("aucune checklist")
        self.exams.forbid(what)
        self.drills.forbid(what)
