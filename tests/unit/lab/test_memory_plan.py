"""What fits in memory, and which labs are parked so that one more does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_hypervisor import Domain, FakeHypervisor
from fake_lab import DUO

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab import memory
from pcapra_lab.lab.daemons import Daemons, start_time
from pcapra_lab.lab.disks import QEMU_OVERHEAD_MIB
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.hypervisor import Machine
from pcapra_lab.lab.lock import LabLock
from pcapra_lab.lab.memory import (
    MemoryPlan,
    QemuProcess,
    Resident,
    cost_mib,
    domain_prefix,
    known_machines,
    make_plan,
    plan_start,
    qemu_processes,
    residents,
)
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.plan import plan_lab
from pcapra_lab.lab.power import VmPower

WANTED = [Machine(f"m{i}", VmPower.STOPPED, 384) for i in range(2)]
COST = 2 * (384 + QEMU_OVERHEAD_MIB)


def idle(lab: str, mib: int, growth: int = 0) -> Resident:
    return Resident(lab, 2, mib, growth)


def busy(lab: str, mib: int) -> Resident:
    return Resident(lab, 2, mib, obstacle="utilisé par « pcapra-lab » (processus 7)")


def parked(plan: MemoryPlan) -> list[str]:
    return [other.lab for other in plan.to_park]


def test_a_machine_costs_its_guest_and_its_qemu() -> None:
    assert cost_mib(WANTED) == COST
    assert cost_mib([]) == 0


def test_what_fits_parks_nobody() -> None:
    plan = make_plan("drbd", WANTED, [idle("borg", 3000)], COST)
    assert plan.fits and plan.to_park == ()
    plan.check()
    assert not make_plan("drbd", WANTED, [], COST - 1).fits


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([idle("a", 500), idle("b", 1200), idle("c", 900)], ["b"]),
        ([idle("a", 2000), idle("b", 1200), idle("c", 1300)], ["b"]),
        ([idle("a", 500), idle("b", 700), idle("c", 600)], ["a", "c"]),
        ([idle("a", 400), idle("b", 300), idle("c", 700)], ["a", "c"]),
        ([busy("a", 5000), idle("b", 1100)], ["b"]),
    ],
    ids=["only-one-does", "the-lightest", "two-are-needed", "two-exactly", "not-the-busy-one"],
)
def test_the_fewest_idle_labs_are_parked_and_of_those_the_lightest(
    others: list[Resident], expected: list[str]
) -> None:
    plan = make_plan("drbd", WANTED, others, COST - 1100)
    assert not plan.fits
    assert parked(plan) == expected
    plan.check()


def test_when_all_the_idle_ones_are_not_enough_the_figures_are_named() -> None:
    plan = make_plan("drbd", WANTED, [idle("borg", 300), busy("galera", 2000)], 200)
    assert plan.to_park == ()
    with pytest.raises(EnvironmentProblem) as caught:
        plan.check()
    assert caught.value.message == (
        f"mémoire insuffisante pour drbd : il faut {COST} Mio pour 2 machines, "
        "200 Mio sont libres ; endormir borg n'en ferait que 500"
    )
    assert "galera (utilisé par « pcapra-lab » (processus 7))" in caught.value.hint


def test_alone_on_a_small_computer_nothing_is_offered() -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        make_plan("drbd", WANTED[:1], [], 200).check()
    assert "pour 1 machine, 200 Mio sont libres" in caught.value.message
    assert "endormir" not in caught.value.message
    assert caught.value.hint == "fermez des programmes"


def test_what_running_machines_may_still_take_is_not_free_and_comes_back() -> None:
    young = idle("borg", 1128, growth=700)
    assert make_plan("drbd", WANTED, [young], COST + 700).fits
    plan = make_plan("drbd", WANTED, [young], COST + 699)
    assert plan.free_mib == COST - 1
    assert parked(plan) == ["borg"]
    # Over-committed: what parking gives back is owed first.
    plan = make_plan("drbd", WANTED, [young], 0)
    assert plan.free_mib == -700 and plan.to_park == ()
    with pytest.raises(EnvironmentProblem, match=r"machines, 0 Mio sont libres"):
        plan.check()


def test_a_lab_that_runs_already_fits_however_short_the_host_is() -> None:
    plan = make_plan("drbd", [], [idle("borg", 1128, growth=700)], 0)
    assert plan.fits and plan.to_park == ()
    plan.check()


def test_the_plan_in_words() -> None:
    plan = make_plan("drbd", WANTED, [idle("borg", 1128), busy("galera", 1700)], 600)
    assert plan.lines() == [
        "mémoire libre          600 Mio",
        "drbd, 2 machines      1128 Mio  à démarrer",
        "borg, 2 machines      1128 Mio  inactif : à endormir, rien n'y est perdu",
        "galera, 2 machines    1700 Mio  utilisé par « pcapra-lab » (processus 7)",
    ]


# -- what runs on this host -------------------------------------------------------------------


@dataclass
class FakeDaemons(Daemons):
    """Daemons that lead to a hypervisor of the test's."""

    hypervisor: FakeHypervisor
    awake: bool = True

    def running(self) -> bool:
        return self.awake

    def connect(self) -> FakeHypervisor:  # type: ignore[override]  # a double of what it gives
        assert self.awake, "a daemon was started to look"
        return self.hypervisor


@dataclass
class Host:
    paths: Paths
    daemons: FakeDaemons

    def plant(self, lab: str, powers: dict[str, VmPower]) -> Path:
        """A lab's folder, its ground, and its machines on the daemon."""
        folder = self.paths.labs / lab
        images = self.paths.images / "image-base-1"
        images.mkdir(parents=True, exist_ok=True)
        Ground(str(images / "depot.raw"), {"base": str(images)}, "-", DUO.model_dump()).save(folder)
        for vm in plan_lab(lab, DUO, folder, Path("d"), str(self.paths.data)).vms:
            power = powers[vm.name]
            self.daemons.hypervisor.domains[vm.domain] = Domain(vm.domain, power, memory_mib=128)
        return folder

    def residents(self) -> list[Resident]:
        machines = self.daemons.hypervisor.machines()
        return residents(self.paths.labs, str(self.paths.data), machines)


BOTH_ON = {"srv": VmPower.RUNNING, "web": VmPower.RUNNING}
ONE_ON = {"srv": VmPower.RUNNING, "web": VmPower.STOPPED}
ONE_FROZEN = {"srv": VmPower.PAUSED, "web": VmPower.STOPPED}
OFF = {"srv": VmPower.STOPPED, "web": VmPower.STOPPED}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr(memory, "qemu_processes", list)
    monkeypatch.setattr(memory, "free_memory_mib", lambda: 8192)
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    paths.labs.mkdir(parents=True)
    return Host(paths, FakeDaemons(FakeHypervisor()))


def test_labs_that_run_are_found_by_their_machines_names(host: Host) -> None:
    host.plant("borg", BOTH_ON)
    host.plant("borg-bis", ONE_FROZEN)
    host.plant("drbd", OFF)
    alien = plan_lab("borg", DUO, host.paths.labs, Path("d"), "une autre installation").vms[0]
    host.daemons.hypervisor.domains[alien.domain] = Domain(
        alien.domain, VmPower.RUNNING, memory_mib=4096
    )
    both, one = 2 * (128 + QEMU_OVERHEAD_MIB), 128 + QEMU_OVERHEAD_MIB
    assert host.residents() == [Resident("borg", 2, both), Resident("borg-bis", 1, one)]


def test_a_labs_prefix_is_its_own() -> None:
    plan = plan_lab("borg", DUO, Path("f"), Path("d"), "sel")
    assert [vm.domain for vm in plan.vms] == [
        f"{domain_prefix('borg', 'sel')}{vm.name}" for vm in plan.vms
    ]
    assert domain_prefix("borg", "sel") != domain_prefix("borg", "autre")


def test_a_lab_somebody_is_on_cannot_be_parked(host: Host) -> None:
    folder = host.plant("borg", BOTH_ON)
    with LabLock(folder):
        [found] = host.residents()
    assert found.obstacle.startswith("utilisé par « ")
    assert host.residents()[0].obstacle == ""


def test_a_lab_whose_ground_is_gone_cannot_be_parked(host: Host) -> None:
    Ground.forget(host.plant("borg", BOTH_ON))
    assert host.residents()[0].obstacle == "ses images ont été supprimées"


def test_what_a_machine_has_taken_is_measured(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.plant("borg", BOTH_ON)
    prefix = domain_prefix("borg", str(host.paths.data))
    seen = [QemuProcess(1, "1", f"{prefix}srv", (), 100), QemuProcess(2, "1", "autre", (), 900)]
    monkeypatch.setattr(memory, "qemu_processes", lambda: seen)
    # The one that is not seen is taken to hold all it may.
    assert host.residents()[0].growth_mib == 128 + QEMU_OVERHEAD_MIB - 100


@pytest.mark.parametrize(("powers", "left"), [(BOTH_ON, 0), (ONE_ON, 1), (OFF, 2)])
def test_the_wanted_labs_own_machines_are_paid_already(
    host: Host, powers: dict[str, VmPower], left: int
) -> None:
    host.plant("borg", powers)
    host.plant("drbd", BOTH_ON)
    plan = plan_start(host.paths, host.daemons, "borg", DUO)
    assert plan.machines == left
    assert plan.wanted_mib == left * (128 + QEMU_OVERHEAD_MIB)
    assert [other.lab for other in plan.others] == ["drbd"]
    assert plan.free_mib == 8192


def test_a_lab_is_counted_as_it_was_made(host: Host) -> None:
    host.plant("borg", OFF)
    today = DUO.model_copy(update={"vms": DUO.vms[:1]})
    assert plan_start(host.paths, host.daemons, "borg", today).machines == 2
    assert plan_start(host.paths, host.daemons, "jamais-fait", today).machines == 1


def test_looking_starts_no_daemon_and_leaves_no_connection(host: Host) -> None:
    host.plant("borg", BOTH_ON)
    assert len(known_machines(host.daemons)) == 2
    assert host.daemons.hypervisor.closed == 1
    host.daemons.awake = False
    assert known_machines(host.daemons) == []
    plan = plan_start(host.paths, host.daemons, "drbd", DUO)
    assert (plan.machines, plan.others) == (2, ())


@pytest.fixture
def qemu(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is called QEMU and says what libvirt would have told it."""
    name = tmp_path / "qemu-system-x86_64"
    name.symlink_to(sys.executable)
    script = "import sys; print('ok', flush=True); sys.stdin.read()"
    options = ["-name", "guest=pcapra-abc-borg-srv,debug-threads=on", "-m", "1"]
    process = subprocess.Popen(
        [str(name), "-c", script, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "ok\n"
        yield process
    finally:
        process.communicate("")


def test_qemus_are_read_from_the_kernel(qemu: subprocess.Popen[str]) -> None:
    seen = {process.pid: process for process in qemu_processes()}
    assert os.getpid() not in seen
    found = seen[qemu.pid]
    assert found.domain == "pcapra-abc-borg-srv"
    assert found.started == start_time(qemu.pid)
    assert "guest=pcapra-abc-borg-srv,debug-threads=on" in found.arguments
    assert 1 < found.held_mib < 200
    qemu.communicate("")
    assert qemu.pid not in [p.pid for p in qemu_processes()]
