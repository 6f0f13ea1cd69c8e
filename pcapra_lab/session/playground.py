"""An exercise on its lab: parameters, scripts and grading, without any notion of progress.

The trainee's session adds progress to it, the replay adds proofs.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pcapra_lab.content.digest import digest_tree
from pcapra_lab.content.models import Exercise, GuestScript, Mutant, Step, Topology
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.grading.runner import Grader
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.bundle import guest
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.events import Phase
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.lock import HolderKind, LabLock, Patience
from pcapra_lab.lab.progress import EventSink, Tracker, tracked
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.bundling import products, ungraded
from pcapra_lab.session.deadlines import stretched, stretched_scripts
from pcapra_lab.session.failing import told, watched
from pcapra_lab.session.leaks import TIMEOUT, Inventory, command, read
from pcapra_lab.session.settling import settle

logger = logging.getLogger(__name__)


class Playground:
    """One exercise bound to one lab. Holds the lab's lock until ``close``.

    Args:
        seed: what the parameters are drawn from. Another seed makes another preparation.
        fresh: prepare again if the images or the setup have changed since the lab was made.
        exclusive: take the lab's lock. Without it: only look, and open shells.
        patience: how a short command waits for another one to leave the lab.

    Raises:
        ContentError: there is no such exercise.
        LabBusy: another process has the lab.
    """

    def __init__(
        self,
        installation: Installation,
        exercise_id: str,
        lab_id: str,
        seed: str,
        *,
        exclusive: bool = True,
        fresh: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self.installation = installation
        catalogue = installation.catalogue
        self.exercise: Exercise = catalogue.exercise(exercise_id)
        if catalogue.is_draft(exercise_id):
            installation.with_drafts()
        self.topology: Topology = catalogue.topology_of(self.exercise)
        self.folder: Path = catalogue.exercise_folder(exercise_id)
        self.parameters = draw_all(self.exercise, seed)
        self.seed = seed
        """What the parameters are drawn from."""
        self.machines = self.exercise.topology is not None
        """Whether there are any: an exercise made of quizzes has none."""
        self._fresh = fresh
        self._lab_id = lab_id
        self.passed: Callable[[], set[str]] = set
        """Ids of the steps passed: what they built must settle after a restore."""
        self._lab: Lab | None = None
        kind = HolderKind.SESSION if patience is None else patience.then
        self._lock = LabLock(installation.paths.labs / lab_id, kind)
        installation.paths.create()
        if exclusive:
            self._lock.acquire(patience)

    @property
    def lab(self) -> Lab:
        """The machines. The images must be built."""
        if self.exercise.topology is None:
            raise LabError(
                _("l'exercice {id} n'a pas de machines").format(id=self.exercise.id),
                hint=_("il se fait en répondant à ses questions"),
            )
        if self._lab is None:
            self._lab = self.installation.lab(
                self._lab_id,
                self.exercise.topology,
                self._setup_digest(),
                products=self._products(),
                fresh=self._fresh,
            )
            self._lab.after_restore = self._await_settled
        return self._lab

    @property
    def has_lab(self) -> bool:
        """Whether the machines can be spoken of yet: made before, or their images are built."""
        return self.machines and (
            self._lab is not None or self.installation.has_ground(self._lab_id, self._products())
        )

    def step(self, step_id: str) -> Step:
        """A step by id. Raises ``KeyError``."""
        for step in self.exercise.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def up(self, sink: EventSink, cancel: threading.Event) -> bool:
        """Build what is missing, bring the machines up; whether it was a first preparation.

        Raises:
            NotGraded: they would lack the product that the exercise is about.
        """
        if not self.machines:
            return False
        if why := ungraded(self.installation, self.exercise, self._lab_id, fresh=self._fresh):
            raise why
        if self._fresh or not self.has_lab:
            self.installation.build(self._products(), sink, cancel)
        return self.lab.up(self._prepare, sink, cancel)

    def down(self, sink: EventSink) -> None:
        """Put the machines to sleep, and stop the daemons we started if nothing else runs."""
        if not self.machines or (self._lab is None and not self.installation.daemons.running()):
            return
        self.lab.down(sink)
        self.installation.release_daemons(self.lab)

    def delete(self) -> None:
        """Remove machines and disks."""
        if not self.machines:
            return
        if self._lab is None:
            # What was made is what goes: today's ground may not even be built.
            self._fresh = False
        self.lab.delete()
        Ground.forget(self.lab.plan.folder)
        self.installation.release_daemons(self.lab)

    def grade(
        self,
        step: Step,
        *,
        observe_only: bool = False,
        cancel: threading.Event | None = None,
    ) -> StepReport:
        """Evaluate a step's checks and failchecks.

        Raises:
            Cancelled: ``cancel`` was set.
        """
        report = self._grader(cancel).grade(
            stretched(watched(step), self._accelerator),
            self.parameters,
            self.folder,
            observe_only=observe_only,
        )
        return told(step, report)

    def run(
        self, scripts: list[GuestScript] | list[Mutant], cancel: threading.Event | None = None
    ) -> None:
        """Run scripts of the exercise on its machines.

        Raises:
            Cancelled: ``cancel`` was set; the one under way was told to end.
        """
        patient = stretched_scripts(scripts, self._accelerator)
        self._grader(cancel).run_scripts(patient, self.parameters, self.folder)

    def inventory(self, sink: EventSink, cancel: threading.Event) -> dict[str, Inventory]:
        """What each machine holds: files, packages, units."""
        argv, script = command(self.exercise.volatile)
        found: dict[str, Inventory] = {}
        for name in (vm.name for vm in self.topology.vms):
            with tracked(sink, self.lab.world.durations, Phase.INSPECT, name, "inspect"):
                answer = self._run_remote(name, argv, script, TIMEOUT, cancel)
                found[name] = read(name, answer)
        return found

    def close(self) -> None:
        """Drop connections and the lock; the machines go on."""
        if self._lab is not None:
            self._lift_own_faults(self._lab)
            self._lab.links.close()
            self._lab.world.close()
        self._lock.release()

    @staticmethod
    def _lift_own_faults(lab: Lab) -> None:
        """A fault must not outlive the program that made it; one that does stays on record."""
        try:
            lab.faults.close()
        except LabError as error:
            logger.warning("%s", error)

    def _prepare(self, tracker: Tracker, cancel: threading.Event) -> None:
        if self.lab.plan.has_bundle:
            guest.mount([vm.name for vm in self.lab.plan.vms], self._run_remote)
        count = len(self.exercise.setup)
        for number, script in enumerate(self.exercise.setup, 1):
            detail = _("{vm} : travail {number} sur {count}").format(
                vm=script.vm, number=number, count=count
            )
            tracker.part(number - 1, count, detail)
            self.run([script], cancel)

    def _products(self) -> list[str]:
        return products(self.installation, self.exercise)

    @property
    def _accelerator(self) -> Accelerator:
        return self.lab.world.verdict.accelerator

    def _grader(self, cancel: threading.Event | None) -> Grader:
        return Grader(partial(self._run_remote, cancel=cancel))

    def _run_remote(
        self,
        vm: str,
        argv: list[str],
        stdin: bytes,
        timeout: float,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        return self.lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout, cancel=cancel)

    def _await_settled(self, sink: EventSink, cancel: threading.Event) -> None:
        """What does not settle is told and left: the trainee may have broken it on purpose."""
        passed = self.passed()
        for probe in self.exercise.settle:
            if probe.after is None or probe.after in passed:
                settle(probe, self._run_remote, sink, cancel)

    def _setup_digest(self) -> str:
        """What the prepared state depends on: setup scripts, machines, parameters."""
        scripts = [self.folder / one.script for one in self.exercise.setup]
        stamp = f"{digest_tree(scripts)} {self.topology.model_dump_json()} {self.seed}"
        return hashlib.sha256(stamp.encode()).hexdigest()
