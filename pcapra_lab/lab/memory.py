"""Whether a lab's machines fit in the host's memory, and which idle labs to park so that they do.

A machine is counted at what it may come to hold: its guest's memory and QEMU's own. One that
runs has taken only a part of it so far. The rest is spoken for: it is not free, and it comes
back, with what was taken, when the machine's lab is parked.
"""

import json
import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Protocol

from pcapra_lab.content.models import Topology, Vm
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.lab.daemons import Daemons, start_time
from pcapra_lab.lab.disks import QEMU_OVERHEAD_MIB
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.host import free_memory_mib
from pcapra_lab.lab.hypervisor import Machine
from pcapra_lab.lab.lock import in_use_by
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.plan import LabPlan, plan_lab
from pcapra_lab.lab.power import VmPower

AWAKE = (VmPower.RUNNING, VmPower.PAUSED)
"""A paused machine keeps its memory."""
_ANY = Topology(
    schema_version=1,
    id=_("nom"),
    title=_("nom"),
    vms=[Vm(name="vm", title="vm", address="192.168.1.1", memory_mib=128)],
)
"""Machines are named after the lab and the data folder, whatever the topology."""
_GUEST = re.compile(r"^guest=([^,]+)")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Weighed(Protocol):
    """A machine, declared, planned or running."""

    @property
    def memory_mib(self) -> int:
        """Of the guest."""
        ...


def cost_mib(machines: Iterable[Weighed]) -> int:
    """Host memory that machines may come to hold."""
    return sum(machine.memory_mib + QEMU_OVERHEAD_MIB for machine in machines)


@dataclass(frozen=True, slots=True)
class QemuProcess:
    """A QEMU of this host, as far as this account may see."""

    pid: int
    started: str
    """See ``daemons.start_time``."""
    domain: str
    arguments: tuple[str, ...]
    held_mib: int
    """Resident memory."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A lab whose machines run."""

    lab: str
    machines: int
    cost_mib: int
    """What parking it gives back."""
    growth_mib: int = 0
    """Part of the cost that its machines have not taken yet."""
    obstacle: str = ""
    """Why it cannot be parked, in words; empty when it can."""


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What starting a lab takes, and where it comes from."""

    lab: str
    machines: int
    """To start."""
    wanted_mib: int
    free_mib: int
    """What is free and not spoken for; negative when the machines that run may come to hold more
    than there is."""
    others: tuple[Resident, ...] = ()
    to_park: tuple[Resident, ...] = ()
    """The fewest idle labs that make room; empty when none is needed, or when all are not
    enough."""

    @property
    def fits(self) -> bool:
        """Whether the lab starts without anything being parked."""
        return not self.machines or self.wanted_mib <= self.free_mib

    def check(self) -> None:
        """Make sure that there is a way.

        Raises:
            EnvironmentProblem: parking every idle lab is not enough; the figures are named.
        """
        if self.fits or self.to_park:
            return
        message = _(
            "mémoire insuffisante pour {lab} : il faut {wanted_mib} Mio pour "
            "{machines}, {free_mib} Mio sont libres"
        ).format(
            lab=self.lab,
            wanted_mib=self.wanted_mib,
            machines=_machines(self.machines),
            free_mib=max(self.free_mib, 0),
        )
        if idle := _idle(self.others):
            total = max(self.free_mib + sum(other.cost_mib for other in idle), 0)
            names = ", ".join(other.lab for other in idle)
            message += _(" ; endormir {names} n'en ferait que {total}").format(
                names=names, total=total
            )
        busy = [f"{other.lab} ({other.obstacle})" for other in self.others if other.obstacle]
        hint = _("fermez des programmes")
        if busy:
            hint += _(", ou libérez un laboratoire : {busy}").format(busy=", ".join(busy))
        raise EnvironmentProblem(message, hint=hint)

    def lines(self) -> list[str]:
        """The plan as a table, in French."""
        rows = [
            (_("mémoire libre"), max(self.free_mib, 0), ""),
            (f"{self.lab}, {_machines(self.machines)}", self.wanted_mib, _("à démarrer")),
        ]
        for other in self.others:
            fate = other.obstacle or _("inactif")
            if other in self.to_park:
                fate = _("inactif : à endormir, rien n'y est perdu")
            rows.append((f"{other.lab}, {_machines(other.machines)}", other.cost_mib, fate))
        width = max(len(name) for name, _, _ in rows)
        return [
            _("{name:<{width}}  {mib:>6} Mio  {fate}")
            .format(width=width, name=name, mib=mib, fate=fate)
            .rstrip()
            for name, mib, fate in rows
        ]


def make_plan(
    lab: str, starting: Collection[Weighed], others: Iterable[Resident], available_mib: int
) -> MemoryPlan:
    """Decide what to park.

    Args:
        starting: the lab's machines that do not run yet; those that do are paid already.
        others: the labs that run.
        available_mib: memory of the host that nothing holds now.
    """
    others = tuple(others)
    free = available_mib - sum(other.growth_mib for other in others)
    plan = MemoryPlan(lab, len(starting), cost_mib(starting), free, others)
    if plan.fits:
        return plan
    return replace(plan, to_park=_fewest(_idle(others), plan.wanted_mib - free))


def plan_start(paths: Paths, daemons: Daemons, lab_id: str, topology: Topology) -> MemoryPlan:
    """The plan to start a lab now. No daemon is started to look.

    Args:
        topology: its machines, where they have never been made.
    """
    machines = known_machines(daemons)
    salt = str(paths.data)
    awake = {machine.name for machine in machines if machine.power in AWAKE}
    plan = _plan(paths.labs / lab_id, topology, salt)
    starting = [vm for vm in plan.vms if vm.domain not in awake]
    others = [r for r in residents(paths.labs, salt, machines) if r.lab != lab_id]
    return make_plan(lab_id, starting, others, free_memory_mib())


def residents(labs: Path, salt: str, machines: Iterable[Machine]) -> list[Resident]:
    """The labs of an installation that run, by id.

    Args:
        labs: the folder of the installation's labs.
        salt: see ``plan_lab``.
        machines: what the daemon knows.
    """
    awake = [machine for machine in machines if machine.power in AWAKE]
    if not awake or not labs.is_dir():
        return []
    held = {process.domain: process.held_mib for process in qemu_processes()}
    found = []
    for folder in sorted(labs.iterdir()):
        prefix = domain_prefix(folder.name, salt)
        if mine := [machine for machine in awake if machine.name.startswith(prefix)]:
            found.append(_resident(folder, mine, held))
    return found


def domain_prefix(lab_id: str, salt: str) -> str:
    """What the names of a lab's domains begin with; the machine's name follows."""
    vm = plan_lab(lab_id, _ANY, Path(), Path(), salt).vms[0]
    return vm.domain.removesuffix(vm.name)


def known_machines(daemons: Daemons) -> list[Machine]:
    """What the daemon knows; nothing when none answers. None is started to look."""
    if not daemons.running():
        return []
    hypervisor = daemons.connect()
    try:
        return hypervisor.machines()
    finally:
        hypervisor.close()


def qemu_processes() -> list[QemuProcess]:
    """Every QEMU that runs a machine (proc(5))."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            arguments = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            pages = int((folder / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        started = start_time(pid)
        if started is None or not Path(arguments[0]).name.startswith("qemu-system-"):
            continue
        held = pages * _PAGE // 2**20
        found.append(QemuProcess(pid, started, _domain(arguments), tuple(arguments), held))
    return found


def _domain(arguments: Sequence[str]) -> str:
    """The name libvirt gave a QEMU: ``-name guest=NAME,…``."""
    for option, value in pairwise(arguments):
        if option == "-name" and (match := _GUEST.match(value)):
            return match[1]
    return ""


def _plan(folder: Path, topology: Topology, salt: str) -> LabPlan:
    ground = Ground.load(folder)
    if ground is not None:
        topology = Topology.model_validate_json(json.dumps(ground.topology))
    return plan_lab(folder.name, topology, folder, Path(), salt)


def _resident(folder: Path, machines: Sequence[Machine], held: dict[str, int]) -> Resident:
    obstacle = ""
    if holder := in_use_by(folder):
        obstacle = _("utilisé par {holder}").format(holder=holder)
    elif Ground.load(folder) is None:
        obstacle = _("ses images ont été supprimées")
    # A process that cannot be seen is taken to hold all it may.
    growth = sum(max(0, cost_mib([m]) - held.get(m.name, cost_mib([m]))) for m in machines)
    return Resident(folder.name, len(machines), cost_mib(machines), growth, obstacle)


def _idle(others: Iterable[Resident]) -> list[Resident]:
    return [other for other in others if not other.obstacle]


def _fewest(idle: Sequence[Resident], missing_mib: int) -> tuple[Resident, ...]:
    """The fewest labs that give back enough, the lightest of such sets; none if all do not."""
    for count in range(1, len(idle) + 1):
        sets = combinations(idle, count)
        enough = [s for s in sets if sum(one.cost_mib for one in s) >= missing_mib]
        if enough:
            return min(enough, key=lambda s: sum(one.cost_mib for one in s))
    return ()


def _machines(count: int) -> str:
    return ngettext("{count} machine", "{count} machines", count).format(count=count)
