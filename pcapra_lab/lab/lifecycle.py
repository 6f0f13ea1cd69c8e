"""A lab's life: first preparation, wake-up, sleep, reset, checkpoints.

All machines are saved and resumed together. A saved state is named in the manifest only once
every machine has it, so a kill at any point leaves the previous states usable; each method can
be called again after a kill and goes on from what it finds.
"""

import threading
from collections.abc import Callable, Iterable

from pcapra_lab.errors import Cancelled, LabError, VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab import segment
from pcapra_lab.lab.console import last_lines
from pcapra_lab.lab.disks import check_room, create_files, lab_key, remove_files
from pcapra_lab.lab.domain import domain_xml
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.faults.errors import FaultsLeft
from pcapra_lab.lab.faults.injector import FaultInjector
from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.files import NotWritten
from pcapra_lab.lab.links import Links
from pcapra_lab.lab.manifest import (
    ASLEEP,
    BOOTED,
    CHECKPOINT,
    PREPARED,
    Manifest,
    Restoring,
    SavedSet,
)
from pcapra_lab.lab.memory import AWAKE, cost_mib
from pcapra_lab.lab.parallel import each
from pcapra_lab.lab.plan import VmPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import EventSink, Tracker, ignore, tracked
from pcapra_lab.lab.readiness import Readiness
from pcapra_lab.lab.states import SavedStates, Sized
from pcapra_lab.lab.world import World
from pcapra_lab.remote.result import CommandResult

BOOT_TIMEOUT = 420.0
"""Seconds for a boot. Five machines at once under emulation took 128 s."""
WAKE_TIMEOUT = 120.0
FIRST_ROOM_MIB = 1024
PREPARED_AGAIN = _("QEMU, l'image ou l'exercice a changé : le laboratoire est préparé de nouveau")
WAKE_ROOM_MIB = 256
Prepare = Callable[[Tracker, threading.Event], None]
"""An exercise's setup: it says how far it is, and ends once the event is set."""


class Lab:
    """The machines of one lab. The caller holds the lab's lock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plan = world.plan
        self.manifest = Manifest.load(self.plan.folder / "lab.json")
        self.links = Links(world)
        self.faults = FaultInjector(
            self.plan,
            lambda: world.hypervisor,
            self._run_root,
            lambda vm: self.revive(vm, ignore, threading.Event()),
            Ledger(self.plan.folder),
        )
        self._states = SavedStates(world, self.manifest, self.faults.states)
        self._readiness = Readiness(world, self.links)
        self.after_restore: Callable[[EventSink, threading.Event], None] = _nothing
        """Called once restored machines answer: what must settle before they are ready."""

    @property
    def prepared(self) -> bool:
        """Whether a first preparation has succeeded under the present QEMU and images."""
        return PREPARED in self.manifest.sets and self.manifest.key == self.world.key()

    def up(self, prepare: Prepare, sink: EventSink, cancel: threading.Event) -> bool:
        """Bring every machine to a working shell.

        Args:
            prepare: the exercise's setup, run once, after the first boot: given where to say how
                far it is, and ``cancel``.

        Returns:
            Whether a first preparation was made (the trainee starts from the beginning).

        Raises:
            VmError: a machine is stuck; its last console lines are in the message.
        """
        first = not self.prepared
        check_room(self.plan, FIRST_ROOM_MIB if first else WAKE_ROOM_MIB, self._paid_mib())
        if first:
            self._prepare_first(prepare, sink, cancel)
        else:
            self._wake(sink, cancel)
        self._states.sweep()
        self._lift_orphans(sink)
        sink(LabEvent(Phase.READY, fraction=1.0))
        return first

    def down(self, sink: EventSink) -> None:
        """Save every machine and stop it. Without a preparation there is nothing to save."""
        with tracked(sink, self.world.durations, Phase.SAVE, None, "save"):
            # Machines of which some were brought back and some not are not worth saving.
            if self.prepared and not self._cut_short and self._any_running():
                self._states.save(ASLEEP, asleep=True)
            self.links.close()
            each(self.plan.vms, lambda vm: self.world.hypervisor.destroy(vm.domain))

    def reset(self, sink: EventSink, cancel: threading.Event) -> None:
        """All machines back to the prepared state; the checkpoints are dropped."""
        self.rewind(PREPARED, sink, cancel)
        for label in [x for x in self.manifest.sets if x not in (PREPARED, ASLEEP)]:
            self._states.forget(label)

    def reset_vm(
        self, name: str, sink: EventSink, cancel: threading.Event, label: str = PREPARED
    ) -> None:
        """One machine back to a saved state; the others are not touched.

        A sleeping lab wakes first: the others' saved memory would be lost.
        """
        saved = self._states.find(label)
        if self.manifest.asleep:
            self._wake(sink, cancel)
        self._restore([self.plan.vm(name)], saved, sink, cancel)

    def revive(self, name: str, sink: EventSink, cancel: threading.Event) -> None:
        """Boot one machine that is off, from its disks, to a working shell."""
        vm = self.plan.vm(name)
        self._boot([vm], sink, cancel)
        self._readiness.set_clock(vm)

    def checkpoint(self, label: str) -> list[str]:
        """Save the whole lab under ``label``, replacing an older state of that label.

        Returns:
            Labels of older checkpoints dropped to keep the lab within its budget.
        """
        self._states.save(label)
        return self._states.prune(label) if label.startswith(CHECKPOINT) else []

    def checkpoints(self) -> list[Sized]:
        """The saved states with their sizes, oldest first."""
        return self._states.sized()

    def has_checkpoint(self, label: str) -> bool:
        """Whether a state of that label can be gone back to."""
        return label in self.manifest.sets

    def forget(self, label: str) -> None:
        """Drop a saved state. Nothing happens when there is none of that label."""
        self._states.forget(label)

    def rewind(self, label: str, sink: EventSink, cancel: threading.Event) -> None:
        """All machines back to the state saved under ``label``."""
        self._restore(self.plan.vms, self._states.find(label), sink, cancel)

    def delete(self) -> None:
        """Remove machines and disks. The keys stay."""
        # First: a kill half way must not leave states of machines that are gone.
        self.manifest.sets.clear()
        self.manifest.key, self.manifest.asleep, self.manifest.restoring = "", False, None
        try:
            self.manifest.save()
        except NotWritten:
            # A full disk: deleting is what makes room. Nothing is named in no file either.
            self.manifest.path.unlink(missing_ok=True)
        self.links.close()
        for vm in self.plan.vms:
            self.world.hypervisor.destroy(vm.domain)
            self.world.hypervisor.undefine(vm.domain)
            remove_files(vm)
        self.faults.states.deleted()

    def power(self) -> dict[str, VmPower]:
        """Every machine's state."""
        found = {vm.name: self.world.hypervisor.power(vm.domain) for vm in self.plan.vms}
        if not self._comes_back:
            return found
        saved, stopped = VmPower.SAVED, VmPower.STOPPED
        return {name: saved if power is stopped else power for name, power in found.items()}

    def power_at_rest(self) -> dict[str, VmPower]:
        """What the machines are when nothing runs, without asking the hypervisor."""
        rest = VmPower.STOPPED
        if self._comes_back:
            rest = VmPower.SAVED
        elif not self.manifest.sets:
            rest = VmPower.ABSENT
        return {vm.name: rest for vm in self.plan.vms}

    # -- first preparation ------------------------------------------------------------------

    def _prepare_first(self, prepare: Prepare, sink: EventSink, cancel: threading.Event) -> None:
        key = self.world.key()
        if self.manifest.key != key:
            # Saved memory is worthless under another QEMU, accelerator or image: start over.
            if self.manifest.key:
                sink(LabEvent(Phase.DEFINE, detail=PREPARED_AGAIN))
            self.world.settle()
            self.delete()
            self.manifest.key = key
            self.manifest.save()
        durations = self.world.durations
        if BOOTED in self.manifest.sets:
            # A setup was interrupted half way: do it again from before it began.
            self.rewind(BOOTED, sink, cancel)
        else:
            self._check_segment()
            with tracked(sink, durations, Phase.DEFINE, None, "define"):
                lab_key(self.plan)
                each(self.plan.vms, self._define)
            self._boot(self.plan.vms, sink, cancel)
            with tracked(sink, durations, Phase.SNAPSHOT, None, "snapshot"):
                self._states.save(BOOTED)
        with tracked(sink, durations, Phase.PREPARE, None, f"prepare-{self.plan.id}") as tracker:
            _check(cancel)
            prepare(tracker, cancel)
            each(self.plan.vms, self._readiness.warm)
        with tracked(sink, durations, Phase.SNAPSHOT, None, "snapshot"):
            self._states.save(PREPARED)
            self._states.forget(BOOTED)

    def _check_segment(self) -> None:
        if self._any_running() or segment.is_quiet(self.plan.segment):
            return
        self.manifest.segment_attempt += 1
        self.manifest.save()
        raise LabError(
            _("un autre programme utilise déjà le segment {segment} de cet ordinateur").format(
                segment=self.plan.segment
            ),
            hint=_("relancez la commande : un autre segment est choisi"),
        )

    def _define(self, vm: VmPlan) -> None:
        create_files(self.plan, vm, self.world.image(vm.image))
        self.world.hypervisor.define(domain_xml(vm, self.plan.segment, self.world.boot(vm.image)))

    def _boot(self, vms: Iterable[VmPlan], sink: EventSink, cancel: threading.Event) -> None:
        each(vms, lambda vm: self._boot_one(vm, sink, cancel), self.world.boot_workers)

    def _boot_one(self, vm: VmPlan, sink: EventSink, cancel: threading.Event) -> None:
        _check(cancel)
        hypervisor = self.world.hypervisor
        with tracked(sink, self.world.durations, Phase.BOOT, vm.name, "boot") as tracker:
            off = hypervisor.power(vm.domain) is VmPower.STOPPED
            if off:
                # Its forwarded port died with its last QEMU.
                self.links.close([vm.name])
            hypervisor.start(vm.domain)
            if off:
                self.faults.states.booted([vm.name])
            hypervisor.resume(vm.domain)

            def waiting() -> None:
                lines = last_lines(vm.console_log, 1)
                tracker.tell(lines[-1] if lines else "")
                if hypervisor.power(vm.domain) is VmPower.STOPPED:
                    raise VmError(
                        vm.name,
                        _("la machine s'est éteinte pendant son démarrage\n")
                        + "\n".join(last_lines(vm.console_log, 8)),
                        hint=_("pcapra-lab up réessaie ; console complète : {console_log}").format(
                            console_log=vm.console_log
                        ),
                    )

            self._readiness.await_shell(vm, BOOT_TIMEOUT, cancel, waiting)

    # -- waking and restoring ---------------------------------------------------------------

    def _wake(self, sink: EventSink, cancel: threading.Event) -> None:
        if cut := self._cut_short:
            sink(LabEvent(Phase.RESTORE, detail=_("un retour en arrière interrompu est achevé")))
            vms = [self.plan.vm(name) for name in cut.vms]
            self._restore(vms, self._states.find(cut.label), sink, cancel)
        elif self._sleeps:
            self._restore(self.plan.vms, self._states.find(ASLEEP), sink, cancel)
            return
        # They were not put to sleep: still running, or the host went down under them.
        self._boot(self.plan.vms, sink, cancel)
        each(self.plan.vms, self._readiness.set_clock)

    def _restore(
        self,
        vms: Iterable[VmPlan],
        saved: SavedSet,
        sink: EventSink,
        cancel: threading.Event,
    ) -> None:
        _check(cancel)
        vms, durations = tuple(vms), self.world.durations
        self.links.close(vm.name for vm in vms)
        with tracked(sink, durations, Phase.RESTORE, None, "restore"):
            self._states.revert(vms, saved)
        with tracked(sink, durations, Phase.CONNECT, None, "connect") as tracker:
            each(
                vms,
                lambda vm: self._readiness.await_restored(vm, WAKE_TIMEOUT, cancel, tracker.tell),
            )
            self.after_restore(sink, cancel)
        self._lift_orphans(sink)

    def _lift_orphans(self, sink: EventSink) -> None:
        """Undo the faults that nobody alive answers for: those of a crash, of a saved state."""
        try:
            lifted = self.faults.lift_orphans()
        except FaultsLeft as error:
            lifted = error.lifted
            sink(LabEvent(Phase.CONNECT, detail=error.message.replace("\n", " ")))
        for one in lifted:
            sink(
                LabEvent(
                    Phase.CONNECT, detail=_("panne levée : {label}").format(label=one.fault.label)
                )
            )

    def _run_root(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self.links.root(vm).run(argv, stdin=stdin, timeout=timeout)

    def _any_running(self) -> bool:
        return any(power in AWAKE for power in self.power().values())

    @property
    def _sleeps(self) -> bool:
        return self.manifest.asleep and ASLEEP in self.manifest.sets

    @property
    def _comes_back(self) -> bool:
        """Whether machines that are off have a saved state to wake up from."""
        return self._sleeps or self._cut_short is not None

    @property
    def _cut_short(self) -> Restoring | None:
        """A return to a state that a crash interrupted, if it can be done again."""
        cut = self.manifest.restoring
        return cut if cut is not None and cut.label in self.manifest.sets else None

    def _paid_mib(self) -> int:
        """What the machines that are on have taken already."""
        power = self.power()
        return cost_mib(vm for vm in self.plan.vms if power[vm.name] in AWAKE)


def _nothing(_sink: EventSink, _cancel: threading.Event) -> None:
    """Nothing has to settle."""


def _check(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise Cancelled
