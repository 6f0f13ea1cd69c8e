"""A lab's life: first preparation, wake-up, sleep, reset, checkpoints.

All machines are saved and resumed together. A saved state is named in the manifest only once
every machine has it, so a kill at any point leaves the previous states usable; each method can
be called again after a kill and goes on from what it finds.
"""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from pcapra_lab.errors import Cancelled, LabError, VmError
from pcapra_lab.lab import segment
from pcapra_lab.lab.console import last_lines
from pcapra_lab.lab.disks import check_room, create_files, lab_key, remove_files
from pcapra_lab.lab.domain import domain_xml
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.links import Links
from pcapra_lab.lab.manifest import ASLEEP, BOOTED, PREPARED, Manifest, SavedSet
from pcapra_lab.lab.plan import VmPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import EventSink, tracked
from pcapra_lab.lab.world import World

BOOT_TIMEOUT = 420.0
"""Seconds for a boot. Five machines at once under emulation took 128 s."""
WAKE_TIMEOUT = 120.0
FIRST_ROOM_MIB = 1024
PREPARED_AGAIN = "QEMU, l'image ou l'exercice a changé : le laboratoire est préparé de nouveau"
WAKE_ROOM_MIB = 256


class Lab:
    """The machines of one lab. The caller holds the lab's lock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plan = world.plan
        self.manifest = Manifest.load(self.plan.folder / "lab.json")
        self.links = Links(world)

    @property
    def prepared(self) -> bool:
        """Whether a first preparation has succeeded under the present QEMU and images."""
        return PREPARED in self.manifest.sets and self.manifest.key == self.world.key()

    def up(self, prepare: Callable[[], None], sink: EventSink, cancel: threading.Event) -> bool:
        """Bring every machine to a working shell.

        Args:
            prepare: the exercise's setup, run once, after the first boot.

        Returns:
            Whether a first preparation was made (the trainee starts from the beginning).

        Raises:
            VmError: a machine is stuck; its last console lines are in the message.
        """
        first = not self.prepared
        check_room(self.plan, FIRST_ROOM_MIB if first else WAKE_ROOM_MIB, self._running_mib())
        if first:
            self._prepare_first(prepare, sink, cancel)
        else:
            self._wake(sink, cancel)
        self._sweep()
        sink(LabEvent(Phase.READY, fraction=1.0))
        return first

    def down(self, sink: EventSink) -> None:
        """Save every machine and stop it. Without a preparation there is nothing to save."""
        with tracked(sink, self.world.durations, Phase.SAVE, None, "save"):
            if self.prepared and self._any_running():
                self._save_set(ASLEEP, asleep=True)
            self.links.close()
            self._each(self.plan.vms, lambda vm: self.world.hypervisor.destroy(vm.domain))

    def reset(self, sink: EventSink, cancel: threading.Event) -> None:
        """All machines back to the prepared state; later checkpoints are dropped."""
        self.rewind(PREPARED, sink, cancel)
        for label in [x for x in self.manifest.sets if x not in (PREPARED, ASLEEP)]:
            self.forget(label)

    def reset_vm(self, name: str, sink: EventSink, cancel: threading.Event) -> None:
        """One machine back to the prepared state; the others are not touched.

        A sleeping lab wakes first: the others' saved memory would be lost.
        """
        if self.manifest.asleep:
            self._wake(sink, cancel)
        self._restore([self.plan.vm(name)], self._set(PREPARED), sink, cancel)

    def checkpoint(self, label: str) -> None:
        """Save the whole lab under ``label``, replacing an older state of that label."""
        self._save_set(label, asleep=False)

    def checkpoints(self) -> list[SavedSet]:
        """The saved states, oldest first."""
        return sorted(self.manifest.sets.values(), key=lambda s: s.at)

    def rewind(self, label: str, sink: EventSink, cancel: threading.Event) -> None:
        """All machines back to the state saved under ``label``."""
        self._restore(self.plan.vms, self._set(label), sink, cancel)

    def forget(self, label: str) -> None:
        """Drop a saved state."""
        saved = self.manifest.sets.pop(label, None)
        self.manifest.save()
        if saved is not None:
            self._each(
                self.plan.vms,
                lambda vm: self.world.hypervisor.delete_snapshot(vm.domain, saved.snapshot),
            )

    def delete(self) -> None:
        """Remove machines and disks. The keys stay."""
        # First: a kill half way must not leave states of machines that are gone.
        self.manifest.sets.clear()
        self.manifest.key, self.manifest.asleep = "", False
        self.manifest.save()
        self.links.close()
        for vm in self.plan.vms:
            self.world.hypervisor.destroy(vm.domain)
            self.world.hypervisor.undefine(vm.domain)
            remove_files(vm)

    def power(self) -> dict[str, VmPower]:
        """Every machine's state."""
        return {vm.name: self.world.hypervisor.power(vm.domain) for vm in self.plan.vms}

    # -- first preparation ------------------------------------------------------------------

    def _prepare_first(
        self, prepare: Callable[[], None], sink: EventSink, cancel: threading.Event
    ) -> None:
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
                self._each(self.plan.vms, self._define)
            self._boot(self.plan.vms, sink, cancel)
            with tracked(sink, durations, Phase.SNAPSHOT, None, "snapshot"):
                self._save_set(BOOTED, asleep=False)
        with tracked(sink, durations, Phase.PREPARE, None, f"prepare-{self.plan.id}"):
            _check(cancel)
            prepare()
        with tracked(sink, durations, Phase.SNAPSHOT, None, "snapshot"):
            self._save_set(PREPARED, asleep=False)
            self.forget(BOOTED)

    def _check_segment(self) -> None:
        if self._any_running() or segment.is_quiet(self.plan.segment):
            return
        self.manifest.segment_attempt += 1
        self.manifest.save()
        raise LabError(
            f"un autre programme utilise déjà le segment {self.plan.segment} de cet ordinateur",
            hint="relancez la commande : un autre segment est choisi",
        )

    def _define(self, vm: VmPlan) -> None:
        create_files(self.plan, vm, self.world.image(vm.image))
        self.world.hypervisor.define(domain_xml(vm, self.plan.segment, self.world.boot(vm.image)))

    def _boot(self, vms: Iterable[VmPlan], sink: EventSink, cancel: threading.Event) -> None:
        # A boot storm makes every machine slower than one after another would be.
        self._each(vms, lambda vm: self._boot_one(vm, sink, cancel), self.world.boot_workers)

    def _boot_one(self, vm: VmPlan, sink: EventSink, cancel: threading.Event) -> None:
        _check(cancel)
        hypervisor = self.world.hypervisor
        with tracked(sink, self.world.durations, Phase.BOOT, vm.name, "boot") as tracker:
            if hypervisor.power(vm.domain) is VmPower.STOPPED:
                # Its forwarded port died with its last QEMU.
                self.links.close([vm.name])
            hypervisor.start(vm.domain)
            hypervisor.resume(vm.domain)

            def waiting() -> None:
                lines = last_lines(vm.console_log, 1)
                tracker.tell(lines[-1] if lines else "")
                if hypervisor.power(vm.domain) is VmPower.STOPPED:
                    raise VmError(
                        vm.name,
                        "la machine s'est éteinte pendant son démarrage\n"
                        + "\n".join(last_lines(vm.console_log, 8)),
                        hint=f"pcapra-lab up réessaie ; console complète : {vm.console_log}",
                    )

            self._await_shell(vm, BOOT_TIMEOUT, cancel, waiting)

    # -- saving and restoring ---------------------------------------------------------------

    def _wake(self, sink: EventSink, cancel: threading.Event) -> None:
        if self.manifest.asleep and ASLEEP in self.manifest.sets:
            self._restore(self.plan.vms, self._set(ASLEEP), sink, cancel)
            return
        # They were not put to sleep: still running, or the host went down under them.
        self._boot(self.plan.vms, sink, cancel)
        self._set_clocks(self.plan.vms)

    def _sweep(self) -> None:
        """Drop snapshots that a kill left without a name in the manifest."""
        hypervisor = self.world.hypervisor
        known = {saved.snapshot for saved in self.manifest.sets.values()}

        def act(vm: VmPlan) -> None:
            for name in hypervisor.snapshots(vm.domain):
                if name not in known:
                    hypervisor.delete_snapshot(vm.domain, name)

        self._each(self.plan.vms, act)

    def _save_set(self, label: str, *, asleep: bool) -> None:
        hypervisor, vms = self.world.hypervisor, self.plan.vms
        name = self.manifest.next_snapshot(label)
        frozen = [vm for vm in vms if hypervisor.power(vm.domain) is VmPower.RUNNING]
        try:
            self._each(frozen, lambda vm: hypervisor.pause(vm.domain))
            self._each(vms, lambda vm: hypervisor.snapshot(vm.domain, name))
        except LabError:
            with suppress(LabError):
                self._each(vms, lambda vm: hypervisor.delete_snapshot(vm.domain, name))
            self._each(frozen, lambda vm: hypervisor.resume(vm.domain))
            raise
        previous = self.manifest.sets.get(label)
        self.manifest.sets[label] = SavedSet(label, name, time.time())
        self.manifest.asleep = asleep
        self.manifest.save()
        if not asleep:
            self._each(frozen, lambda vm: hypervisor.resume(vm.domain))
        if previous is not None:
            self._each(vms, lambda vm: hypervisor.delete_snapshot(vm.domain, previous.snapshot))

    def _restore(
        self,
        vms: Iterable[VmPlan],
        saved: SavedSet,
        sink: EventSink,
        cancel: threading.Event,
    ) -> None:
        _check(cancel)
        vms, hypervisor = tuple(vms), self.world.hypervisor
        self.links.close(vm.name for vm in vms)
        with tracked(sink, self.world.durations, Phase.RESTORE, None, "restore"):
            self._each(vms, lambda vm: hypervisor.revert(vm.domain, saved.snapshot, paused=True))
            # From here on the machines run: what was asleep is no longer their latest state.
            self.manifest.asleep = False
            self.manifest.save()
            self._each(vms, lambda vm: hypervisor.resume(vm.domain))
        with tracked(sink, self.world.durations, Phase.CONNECT, None, "connect") as tracker:
            self._each(vms, lambda vm: self._await_shell(vm, WAKE_TIMEOUT, cancel, tracker.tell))
            self._set_clocks(vms)

    def _await_shell(
        self,
        vm: VmPlan,
        timeout: float,
        cancel: threading.Event,
        waiting: Callable[[], None],
    ) -> None:
        try:
            self.links.get(vm.name, "root").wait(timeout, cancel, waiting)
        except VmError as error:
            if self.world.hypervisor.power(vm.domain) is VmPower.STOPPED:
                raise
            console = "\n".join(last_lines(vm.console_log, 8))
            raise VmError(
                vm.name,
                f"la machine ne répond pas après {timeout:.0f} s ({error.message})\n{console}",
                hint=f"pcapra-lab reset --vm {vm.name}, ou la console : {vm.console_log}",
            ) from error

    def _set_clocks(self, vms: Iterable[VmPlan]) -> None:
        """A restored guest lives in the past; nothing is graded before it is told the time."""

        def act(vm: VmPlan) -> None:
            now = f"@{time.time():.3f}"
            result = self.links.get(vm.name, "root").run(["date", "--set", now], timeout=30)
            if result.exit_status != 0:
                raise VmError(
                    vm.name,
                    f"l'horloge n'a pas pu être mise à l'heure : {result.stderr.decode()[:200]}",
                    hint=f"pcapra-lab reset --vm {vm.name}",
                )

        self._each(vms, act)

    def _set(self, label: str) -> SavedSet:
        saved = self.manifest.sets.get(label)
        if saved is not None and self.manifest.key != self.world.key():
            raise LabError(
                f"l'état « {label} » a été enregistré sous une autre version de QEMU",
                hint="pcapra-lab up prépare le laboratoire de nouveau",
            )
        if saved is None:
            known = ", ".join(self.manifest.sets) or "aucun"
            raise LabError(
                f"aucun état « {label} » n'est enregistré (états connus : {known})",
                hint="pcapra-lab up prépare le laboratoire",
            )
        return saved

    def _any_running(self) -> bool:
        return any(p in (VmPower.RUNNING, VmPower.PAUSED) for p in self.power().values())

    def _running_mib(self) -> int:
        power = self.power()
        awake = (VmPower.RUNNING, VmPower.PAUSED)
        return sum(vm.memory_mib for vm in self.plan.vms if power[vm.name] in awake)

    @staticmethod
    def _each(vms: Iterable[VmPlan], act: Callable[[VmPlan], None], workers: int = 16) -> None:
        """Do something to machines in parallel; the first failure is raised once all ended."""
        vms = tuple(vms)
        if not vms:
            return
        with ThreadPoolExecutor(min(workers, len(vms))) as pool:
            futures = [pool.submit(act, vm) for vm in vms]
        for future in futures:
            future.result()


def _check(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise Cancelled
