"""Three machines on the fake hypervisor; the guests' scripts really run, on this host's files.

What it must not do here is stood in for: the clock is written down instead of set, and ``tc``,
``nft`` and ``systemctl`` are small programs that keep their state in the machine's own folder.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The lab's fakes, whichever tests are collected first.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fake_hypervisor import Domain, FakeHypervisor
from fake_hypervisor import Killed as Killed

from pcapra_lab.content.models import Topology, Vm
from pcapra_lab.errors import VmError
from pcapra_lab.lab.faults.injector import FaultInjector
from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.faults.model import FaultSpec, parse_fault
from pcapra_lab.lab.faults.record import Active, FaultState, ProcessId
from pcapra_lab.lab.faults.turns import Turn
from pcapra_lab.lab.plan import LabPlan, plan_lab
from pcapra_lab.lab.power import VmPower
from pcapra_lab.remote.result import CommandResult

VMS = ("srv", "web", "lb")
DEAD = ProcessId(pid=2**22 - 1, started="1", boot="un-autre-demarrage")
"""A process that is no more."""

_TOPOLOGY = Topology(
    schema_version=1,
    id="trio",
    title="Trois machines",
    vms=[
        Vm(name=name, title=name, address=f"192.168.1.{number}", memory_mib=128)
        for number, name in enumerate(VMS, start=10)
    ],
)

_PRELUDE = b"""
import os, socket, time
from pathlib import Path
def _settime(clock, value):
    assert clock == time.CLOCK_REALTIME
    Path(os.environ["GUEST"], "clock").write_text(f"{value - time.time():.3f}")
def _index(name):
    if name != "eth0" or Path(os.environ["GUEST"], "no-link").exists():
        raise OSError(19, "no such device")
    return 2
time.clock_settime, socket.if_nametoindex = _settime, _index
"""

_STUB = r"""#!/bin/sh
name=${0##*/}
cd "$GUEST" || exit 1
echo "$name $*" >> log
if [ -e "refuse-$name" ]; then
    read -r word < "refuse-$name"
    case " $* " in *" ${word:-$1} "*) echo "$name: refused by the test" >&2; exit 1 ;; esac
fi
case "$name $*" in
"tc "*show*)
    handle=0: kind=fq_codel
    [ -e qdisc ] && read -r handle kind < qdisc
    printf '[{"kind": "%s", "handle": "%s", "root": true}]' "$kind" "$handle" ;;
"tc "*replace*) printf 'fa17: netem' > qdisc ;;
"tc "*) rm qdisc ;;
"nft list "*) grep -q "table netdev $4 " tables ;;
"nft -c "*) cat > checked ;;
"nft "*) sed 1,2d > tables ;;
"systemctl show "*)
    load=loaded active=active sub=running
    [ -e unit ] && read -r load active sub < unit
    printf 'LoadState=%s\nActiveState=%s\nSubState=%s\n' "$load" "$active" "$sub" ;;
"systemctl kill "*) printf 'loaded failed failed' > unit ;;
"systemctl start "*) printf 'loaded active running' > unit ;;
esac
"""


@dataclass
class Guests:
    """``RunInGuest`` for all machines: those that do not run, or are in ``deaf``, do not answer."""

    folder: Path
    hypervisor: FakeHypervisor
    deaf: set[str] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Machine and verb, in order."""
    start_up: float = 0.0
    """Seconds that Python takes to start, as under emulation."""
    inside: Sequence[str] = ()
    """A command that runs another, such as ``nsenter`` into a sandbox."""

    def __post_init__(self) -> None:
        self._stubs = self.folder / "stubs"
        self._stubs.mkdir(parents=True)
        self._lock = threading.Lock()
        for name in ("tc", "nft", "systemctl"):
            program = self._stubs / name
            program.write_text(_STUB)
            program.chmod(0o755)
        for vm in VMS:
            self.of(vm).mkdir()

    def of(self, vm: str) -> Path:
        """The folder that stands for a machine's kernel and systemd."""
        return self.folder / vm

    def log(self, vm: str) -> list[str]:
        """System programs run on a machine, each with its arguments."""
        path = self.of(vm) / "log"
        return path.read_text().splitlines() if path.exists() else []

    def real(self, program: str) -> bool:
        """Use this host's program instead of the stand-in; False when there is none."""
        (self._stubs / program).unlink()
        return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is not None

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        with self._lock:
            self.calls.append((vm, stdin.rpartition(b'"verb": "')[2].partition(b'"')[0].decode()))
        if vm in self.deaf or self.hypervisor.vm(vm).power is not VmPower.RUNNING:
            raise VmError(vm, "connexion SSH impossible", hint="pcapra-lab status")
        assert argv[0] == "python3" and argv[-1] == "-"
        path = f"{self._stubs}:{os.environ['PATH']}"
        done = subprocess.run(
            [*self.inside, sys.executable, *argv[1:]],
            input=_PRELUDE + f"time.sleep({self.start_up})\n".encode() + stdin,
            env={**os.environ, "PATH": path, "GUEST": str(self.of(vm))},
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)


@dataclass
class FaultBench:
    """One lab and what happens to it. ``injector()`` is what a new process sees of it."""

    plan: LabPlan
    hypervisor: FakeHypervisor
    guests: Guests
    revived: list[str] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.plan.folder)

    def injector(self, turn_seconds: float = 20.0) -> FaultInjector:
        return FaultInjector(
            self.plan,
            lambda: self.hypervisor,
            self.guests,
            self.revive,
            self.ledger,
            Turn(self.plan.folder, turn_seconds),
        )

    def revive(self, vm: str) -> None:
        self.revived.append(vm)
        self.hypervisor.start(self.plan.vm(vm).domain)

    def power(self, vm: str) -> VmPower:
        return self.hypervisor.vm(vm).power

    def cut(self, vm: str) -> None:
        """Somebody else cuts the power."""
        self.hypervisor.destroy(self.plan.vm(vm).domain)

    def abandon(self, fault_id: str, state: FaultState) -> None:
        """The process that was at it was killed."""
        [fault] = [f for f in self.ledger.read().faults if f.id == fault_id]
        left = fault.model_copy(update={"state": state, "by": DEAD})
        self.ledger.change(lambda book: book.put(left))


def make_fault_bench(folder: Path) -> FaultBench:
    plan = plan_lab("trio", _TOPOLOGY, folder / "labs/trio", folder / "depot.raw", "sel")
    plan.folder.mkdir(parents=True)
    hypervisor = FakeHypervisor()
    for vm in plan.vms:
        hypervisor.domains[vm.domain] = Domain(vm.domain)
        hypervisor.start(vm.domain)
    hypervisor.calls.clear()
    return FaultBench(plan, hypervisor, Guests(folder / "guests", hypervisor))


def fault(kind: str, vm: str | None = "srv", **fields: Any) -> FaultSpec:
    return parse_fault({"kind": kind, **({"vm": vm} if vm else {}), **fields})


def lift(bench: FaultBench, one: Active) -> str:
    """Lift a fault that is on record, in a new process's name; the note."""
    lifted = bench.injector().lift(one.id)
    assert lifted is not None
    return lifted.note


def every_kind(folder: Path) -> list[FaultSpec]:
    """One of each, that can all be active together. ``folder`` has a file to corrupt."""
    target = folder / "donnees.bin"
    target.write_bytes(bytes(range(256)) * 8)
    return [
        fault("netem", loss=10, delay_ms=50, jitter_ms=5),
        fault("service-kill", unit="cron"),
        fault("file-corruption", path=str(target), length=32, seed=7),
        fault("clock-jump", seconds=-3600),
        fault("partition", None, a=["srv"], b=["web", "lb"]),
        fault("link-down", "web"),
        fault("freeze", "web"),
        fault("power-cut", "lb"),
    ]


def orphans(injector: FaultInjector) -> list[Active]:
    """What a crash leaves behind: those that nobody alive is going to lift."""
    return [fault for fault in injector.active() if fault.orphan]
