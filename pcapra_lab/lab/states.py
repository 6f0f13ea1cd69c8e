"""A lab's saved states: memory and disks of all its machines, saved and brought back together.

A state is named in the manifest only once every machine has it, so a kill at any point leaves
the earlier ones usable.
"""

import json
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from pcapra_lab.errors import EnvironmentProblem, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.states import FaultsInStates
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.manifest import CHECKPOINT, Manifest, Restoring, SavedSet
from pcapra_lab.lab.parallel import each
from pcapra_lab.lab.plan import VmPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.process import run
from pcapra_lab.lab.world import World

CHECKPOINTS_MAX = 12
"""Checkpoints kept of one lab, whatever their size."""
CHECKPOINTS_MIB = 6144
"""Disk that the checkpoints of one lab may take. One of five machines is about 1 GiB."""
SAVED_SHARE = 0.6
"""Of the guests' memory, at most, once saved. Measured: 190 MiB of 384."""
ROOM_LEFT_MIB = 512
"""Never fill the host's disk: a guest whose disk cannot grow is frozen by QEMU."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A saved state and what it weighs."""

    saved: SavedSet
    mib: int
    """Saved memory of all machines. What the disks changed since is shared and not counted."""


class SavedStates:
    """The states named in one lab's manifest."""

    def __init__(self, world: World, manifest: Manifest, faults: FaultsInStates) -> None:
        self._world = world
        self._manifest = manifest
        self._faults = faults

    def save(self, label: str, *, asleep: bool = False) -> None:
        """Save all machines under ``label``, replacing an older state of that label.

        Machines that ran go on, unless ``asleep``.

        Raises:
            EnvironmentProblem: the disk has no room for it; the earlier states are unharmed.
        """
        hypervisor, vms = self._world.hypervisor, self._world.plan.vms
        self._check_room()
        name = self._manifest.next_snapshot(label)
        previous = self._manifest.sets.get(label)
        with self._faults.saving(name, asleep=asleep):
            frozen = [vm for vm in vms if hypervisor.power(vm.domain) is VmPower.RUNNING]
            try:
                each(frozen, lambda vm: hypervisor.pause(vm.domain))
                each(vms, lambda vm: hypervisor.snapshot(vm.domain, name))
                self._commit(SavedSet(label, name, time.time()), asleep=asleep)
            except LabError:
                with suppress(LabError):
                    each(vms, lambda vm: hypervisor.delete_snapshot(vm.domain, name))
                each(frozen, lambda vm: hypervisor.resume(vm.domain))
                raise
            if not asleep:
                each(frozen, lambda vm: hypervisor.resume(vm.domain))
        if previous is not None:
            self._delete(previous)

    def _commit(self, saved: SavedSet, *, asleep: bool) -> None:
        """Name a state that all machines have; what cannot be written is not believed either."""
        before = dict(self._manifest.sets), self._manifest.asleep
        self._manifest.sets[saved.label] = saved
        self._manifest.asleep = asleep
        try:
            self._manifest.save()
        except LabError:
            self._manifest.sets, self._manifest.asleep = before
            raise

    def revert(self, vms: Iterable[VmPlan], saved: SavedSet) -> None:
        """Bring machines back to a state, all at once, and let them run.

        Cut short, it is in the manifest, for ``up`` to do again.
        """
        vms, hypervisor = tuple(vms), self._world.hypervisor
        self._manifest.restoring = Restoring(saved.label, tuple(vm.name for vm in vms))
        self._manifest.save()
        with self._faults.restoring([vm.name for vm in vms], saved.snapshot):
            # A QEMU that starts on a saved memory reads it three times faster than one that has
            # to throw its own away first: 1.1 s instead of 3.
            each(vms, lambda vm: self._replace(vm, saved.snapshot))
            # From here on the machines run: what was asleep is no longer their latest state.
            self._manifest.asleep = False
            self._manifest.restoring = None
            self._manifest.save()
            each(vms, lambda vm: hypervisor.resume(vm.domain))

    def _replace(self, vm: VmPlan, snapshot: str) -> None:
        """Stop a machine and bring it back paused, without waiting for the others to stop."""
        self._world.hypervisor.destroy(vm.domain)
        self._world.hypervisor.revert(vm.domain, snapshot, paused=True)

    def find(self, label: str) -> SavedSet:
        """The state called ``label``.

        Raises:
            LabError: there is none, or it was saved under another QEMU.
        """
        saved = self._manifest.sets.get(label)
        if saved is not None and self._manifest.key != self._world.key():
            raise LabError(
                _("l'état « {label} » a été enregistré sous une autre version de QEMU").format(
                    label=label
                ),
                hint=_("pcapra-lab up prépare le laboratoire de nouveau"),
            )
        if saved is None:
            known = ", ".join(self._manifest.sets) or _("aucun")
            raise LabError(
                _("aucun état « {label} » n'est enregistré (états connus : {known})").format(
                    label=label, known=known
                ),
                hint=_("pcapra-lab up prépare le laboratoire"),
            )
        return saved

    def forget(self, label: str) -> None:
        """Drop a state. Nothing happens when there is none of that label."""
        saved = self._manifest.sets.pop(label, None)
        self._manifest.save()
        if saved is not None:
            self._delete(saved)

    def sweep(self) -> None:
        """Drop snapshots that a kill left without a name in the manifest. The machines are on."""
        hypervisor = self._world.hypervisor
        known = {saved.snapshot for saved in self._manifest.sets.values()}

        def act(vm: VmPlan) -> None:
            for name in hypervisor.snapshots(vm.domain):
                if name not in known:
                    hypervisor.delete_snapshot(vm.domain, name)
            hypervisor.drop_unrecorded(vm.domain)

        each(self._world.plan.vms, act)
        self._faults.prune(known)

    def sized(self) -> list[Sized]:
        """The states with their sizes, oldest first."""
        weights: dict[str, int] = {}
        for vm in self._world.plan.vms:
            for name, size in _snapshot_sizes(vm).items():
                weights[name] = weights.get(name, 0) + size
        sets = sorted(self._manifest.sets.values(), key=lambda s: s.at)
        return [Sized(s, weights.get(s.snapshot, 0) // 2**20) for s in sets]

    def prune(self, keep: str) -> list[str]:
        """Drop the oldest checkpoints beyond the budget, ``keep`` excepted; their labels."""
        dropped = surplus(self.sized(), keep)
        for label in dropped:
            self.forget(label)
        return dropped

    def _delete(self, saved: SavedSet) -> None:
        hypervisor = self._world.hypervisor
        each(
            self._world.plan.vms,
            lambda vm: hypervisor.delete_snapshot(vm.domain, saved.snapshot),
        )

    def _check_room(self) -> None:
        plan = self._world.plan
        wanted = int(plan.memory_mib * SAVED_SHARE) + ROOM_LEFT_MIB
        free = free_disk_mib(plan.folder)
        if free < wanted:
            raise EnvironmentProblem(
                _(
                    "place insuffisante pour enregistrer l'état des machines : {free} Mio libres "
                    "dans {folder}, {wanted} Mio nécessaires"
                ).format(free=free, folder=plan.folder, wanted=wanted),
                hint=_("libérez de la place : pcapra-lab image prune supprime les vieilles images"),
            )


def surplus(states: list[Sized], keep: str) -> list[str]:
    """Labels of the checkpoints to drop so that the rest fits the budget, oldest first."""
    left = [s for s in states if s.saved.label.startswith(CHECKPOINT)]
    dropped: list[str] = []
    for oldest in [s for s in left if s.saved.label != keep]:
        if len(left) <= CHECKPOINTS_MAX and sum(s.mib for s in left) <= CHECKPOINTS_MIB:
            break
        left.remove(oldest)
        dropped.append(oldest.saved.label)
    return dropped


def _snapshot_sizes(vm: VmPlan) -> dict[str, int]:
    """Bytes of saved memory by snapshot, as the machine's disks have them."""
    sizes: dict[str, int] = {}
    for disk in vm.disks:
        if disk.format != "qcow2" or not disk.path.exists():
            continue
        # --force-share: the machine may be running on it.
        argv = ["qemu-img", "info", "--output=json", "--force-share", str(disk.path)]
        info = json.loads(run(argv, timeout=60, hint="pcapra-lab doctor --fix"))
        for snapshot in info.get("snapshots", []):
            name = snapshot["name"]
            sizes[name] = sizes.get(name, 0) + snapshot["vm-state-size"]
    return sizes
