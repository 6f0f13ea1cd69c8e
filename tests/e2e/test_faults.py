"""Every kind of fault on two real machines, through the command line, its effect seen from outside.

Injected by one process and lifted by another, as a trainer does beside the trainee's application.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from lab_process import LabHome, kill, lab_home, wait_until

from pcapra_lab.errors import VmError
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.paths import Paths
from pcapra_lab.session.application import LabApplication

pytestmark = pytest.mark.e2e

EXERCISE = "borgbackup"
SRV, OTHER = "srv", "sauvegarde"
ADDRESSES = {SRV: "192.168.1.10", OTHER: "192.168.1.41"}
BOOT_ID = "cat /proc/sys/kernel/random/boot_id"
UNIT = """[Unit]
Description=Stays dead once killed
[Service]
ExecStart=/bin/sleep infinity
"""


@dataclass
class Machines:
    """The lab as its command line shows it, and as it is inside."""

    home: LabHome
    lab: Lab

    def run(self, vm: str, script: str) -> tuple[int, str]:
        """A script run as root; its exit status and output."""
        argv = ["sh", "-c", script]
        try:
            result = self.lab.links.root(vm).run(argv, timeout=60)
        except VmError:
            # Another process started its QEMU again: the port is another one.
            self.lab.links.close([vm])
            result = self.lab.links.root(vm).run(argv, timeout=60)
        return result.exit_status, (result.stdout + result.stderr).decode(errors="replace").strip()

    def read(self, vm: str, script: str) -> str:
        """The output of a script that has to succeed."""
        status, output = self.run(vm, script)
        assert status == 0, output
        return output

    def hears(self, vm: str, other: str) -> bool:
        """Whether a ping from ``vm`` is answered, ARP included."""
        ping = f"ip neigh flush dev eth0; ping -q -c 1 -W 3 {ADDRESSES[other]}"
        return self.run(vm, ping)[0] == 0

    def await_hearing(self, vm: str, other: str) -> None:
        wait_until(lambda: self.hears(vm, other), f"{vm} to hear {other} again", timeout=60)

    def power(self, vm: str) -> str:
        state = self.home.json("status", EXERCISE)
        return str(next(one["power"] for one in state["vms"] if one["name"] == vm))

    def clock_error(self, vm: str) -> float:
        """Seconds by which a machine's clock is ahead of the host's, to a second or two."""
        return float(self.read(vm, "date +%s.%N")) - time.time()

    def inject(self, *arguments: str) -> dict[str, Any]:
        """Inject a fault; its record, dated within the command that injected it."""
        before = time.time()
        done = self.home.run("fault", "inject", *arguments, EXERCISE)
        after = time.time()
        assert done.returncode == 0, done.stderr
        *_, record = self.faults()
        assert record["state"] == "active"
        assert record["id"] in done.stdout
        at: dict[str, Any] = record["at"]
        assert before <= at["wall"] - at["uncertainty"] <= at["wall"] + at["uncertainty"] <= after
        assert 0 <= at["uncertainty"] < (after - before) / 2
        return dict(record)

    def lift(self, record: dict[str, Any]) -> str:
        """Lift a fault; what the command says."""
        done = self.home.run("fault", "lift", record["id"], EXERCISE)
        assert done.returncode == 0, done.stderr
        assert "levée : " in done.stdout
        assert self.faults() == []
        return done.stdout

    def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.home.json("fault", "list", EXERCISE)
        return found


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with lab_home() as home:
        built = home.run("image", "build", timeout=1200)
        assert built.returncode == 0, built.stderr
        up = home.run("up", EXERCISE)
        assert up.returncode == 0, up.stderr
        app = LabApplication(Paths(home.root / "cache", home.root / "data", home.root / "state"))
        try:
            lab = app.installation.lab(EXERCISE, "sauvegarde", "")
            yield Machines(home, lab)
            lab.links.close()
            lab.world.close()
        finally:
            app.close()


@pytest.fixture(autouse=True)
def none_left(machines: Machines) -> Iterator[None]:
    """Each test begins without a fault, whatever became of the one before."""
    yield
    machines.home.run("fault", "lift", "--all", EXERCISE)


def test_a_power_cut_loses_memory_and_the_lift_boots(machines: Machines) -> None:
    booted = machines.read(OTHER, BOOT_ID)
    machines.read(OTHER, "touch /run/in-memory /var/on-disk; sync")
    cut = machines.inject("power-cut", OTHER)
    assert machines.power(OTHER) == "stopped"
    assert not machines.hears(SRV, OTHER)
    refused = machines.home.run("fault", "inject", "netem", OTHER, "--loss", "5", EXERCISE)
    assert refused.returncode == VmError.exit_code
    assert f"{OTHER} : la machine est à l'arrêt" in refused.stderr
    machines.lift(cut)
    assert machines.power(OTHER) == "running"
    assert machines.read(OTHER, BOOT_ID) != booted
    assert machines.run(OTHER, "test -e /run/in-memory")[0] != 0
    assert machines.run(OTHER, "test -e /var/on-disk")[0] == 0
    machines.await_hearing(SRV, OTHER)


def test_a_frozen_machine_goes_on_where_it_was_and_knows_the_time(machines: Machines) -> None:
    booted = machines.read(OTHER, BOOT_ID)
    frozen = machines.inject("freeze", OTHER)
    assert machines.power(OTHER) == "paused"
    assert not machines.hears(SRV, OTHER)
    machines.lift(frozen)
    assert machines.power(OTHER) == "running"
    assert machines.read(OTHER, BOOT_ID) == booted
    assert abs(machines.clock_error(OTHER)) < 5
    machines.await_hearing(SRV, OTHER)


def test_a_machine_sees_its_cable_pulled_out_and_back(machines: Machines) -> None:
    carrier = "cat /sys/class/net/eth0/carrier"
    assert machines.read(SRV, carrier) == "1"
    pulled = machines.inject("link-down", SRV)
    wait_until(lambda: machines.read(SRV, carrier) == "0", "eth0 to lose its carrier")
    assert not machines.hears(OTHER, SRV)
    machines.lift(pulled)
    wait_until(lambda: machines.read(SRV, carrier) == "1", "eth0 to have its carrier again")
    machines.await_hearing(OTHER, SRV)


def test_packets_are_late_then_lost_then_neither(machines: Machines) -> None:
    before = machines.read(SRV, "tc qdisc show dev eth0 root")
    late = machines.inject("netem", SRV, "--delay", "400")
    seen = machines.read(SRV, f"ping -q -c 3 {ADDRESSES[OTHER]}")
    found = re.search(r"rtt min/avg/max/mdev = ([\d.]+)/", seen)
    assert found is not None, seen
    assert float(found[1]) >= 400
    again = machines.home.run("fault", "inject", "netem", SRV, "--loss", "100", EXERCISE)
    assert again.returncode == 1
    assert late["id"] in again.stderr, "one at a time on a link"
    machines.lift(late)
    lost = machines.inject("netem", SRV, "--loss", "100")
    assert not machines.hears(SRV, OTHER)
    machines.lift(lost)
    machines.await_hearing(SRV, OTHER)
    assert machines.read(SRV, "tc qdisc show dev eth0 root") == before


def test_a_killed_service_is_started_and_one_that_is_back_is_left(machines: Machines) -> None:
    machines.read(
        SRV,
        f"printf '{UNIT}' > /etc/systemd/system/veilleur.service"
        " && systemctl daemon-reload && systemctl start veilleur",
    )
    dead = machines.inject("service-kill", SRV, "veilleur")
    assert machines.run(SRV, "systemctl is-active veilleur")[1] == "failed"
    machines.lift(dead)
    assert machines.read(SRV, "systemctl is-active veilleur") == "active"

    # Debian's cron starts again by itself (Restart=on-failure).
    pid = "systemctl show --property=MainPID --value cron"
    first = machines.read(SRV, pid)
    killed = machines.inject("service-kill", SRV, "cron")
    wait_until(lambda: machines.run(SRV, "systemctl is-active cron")[0] == 0, "cron to start again")
    second = machines.read(SRV, pid)
    assert second != first
    assert "le service était déjà reparti" in machines.lift(killed)
    assert machines.read(SRV, pid) == second

    machines.read(SRV, "systemctl stop veilleur")
    idle = machines.home.run("fault", "inject", "service-kill", SRV, "veilleur", EXERCISE)
    assert idle.returncode == VmError.exit_code
    assert "n'a pas de processus à tuer (état inactive/dead)" in idle.stderr


def test_a_full_disk_refuses_even_root_until_it_is_lifted(machines: Machines) -> None:
    available = "df --output=avail / | tail -n 1"
    before = int(machines.read(SRV, available))
    full = machines.inject("disk-full", SRV)
    assert int(machines.read(SRV, available)) == 0
    status, said = machines.run(SRV, "LC_ALL=C dd if=/dev/zero of=/var/tmp/x bs=1M count=8")
    assert status != 0
    assert "No space left on device" in said
    machines.lift(full)
    machines.read(SRV, "rm -f /var/tmp/x")
    assert int(machines.read(SRV, available)) > before - 64 * 1024
    assert machines.read(SRV, "find / -xdev -name '.pcapra-ballast*'") == ""


def test_a_corrupted_file_comes_back_unless_it_was_restored(machines: Machines) -> None:
    path = "/var/tmp/base.db"
    machines.read(SRV, f"head -c 100000 /dev/urandom > {path}; cp -p {path} {path}.sauvegarde")
    look = f"sha256sum < {path}; stat -c '%s %Y %y %i' {path}"
    original = machines.read(SRV, look).splitlines()
    bad = machines.inject("file-corruption", SRV, path, "--bytes", "512", "--seed", "3")
    corrupted = machines.read(SRV, look).splitlines()
    assert corrupted[0] != original[0]
    assert corrupted[1] == original[1], "neither size nor dates tell"
    # What the page cache holds is on the disk too.
    machines.read(SRV, "sync; echo 3 > /proc/sys/vm/drop_caches")
    assert machines.read(SRV, look).splitlines() == corrupted
    machines.lift(bad)
    assert machines.read(SRV, look).splitlines() == original

    bad = machines.inject("file-corruption", SRV, path)
    machines.read(SRV, f"cp -p {path}.sauvegarde {path}.neuf && mv {path}.neuf {path}")
    assert "déjà son contenu d'origine" in machines.lift(bad)
    bad = machines.inject("file-corruption", SRV, path)
    machines.read(SRV, f"head -c 100000 /dev/zero > {path}")
    assert "le contenu a été remplacé depuis" in machines.lift(bad)
    assert machines.read(SRV, f"tr -d '\\0' < {path} | wc -c") == "0", "and is left alone"


def test_a_clock_jumps_and_comes_back(machines: Machines) -> None:
    for way, expected in (("--forward", 7200), ("--back", -7200)):
        jump = machines.inject("clock-jump", SRV, way, "2h")
        assert machines.clock_error(SRV) == pytest.approx(expected, abs=10)
        machines.lift(jump)
        assert abs(machines.clock_error(SRV)) < 5


def test_a_partition_cuts_arp_too_and_leaves_the_labs_own_access(machines: Machines) -> None:
    split = machines.inject("partition", SRV, OTHER)
    assert not machines.hears(SRV, OTHER)
    assert not machines.hears(OTHER, SRV)
    neighbours = machines.read(SRV, f"ip neigh show {ADDRESSES[OTHER]} dev eth0")
    assert "lladdr" not in neighbours
    machines.lift(split)
    machines.await_hearing(SRV, OTHER)
    machines.await_hearing(OTHER, SRV)
    for vm in (SRV, OTHER):
        assert "pcapra_fault" not in machines.read(vm, "nft list tables")


def test_a_fault_does_not_outlive_the_process_that_holds_it_unnoticed(machines: Machines) -> None:
    holder = machines.home.spawn("fault", "inject", "freeze", OTHER, EXERCISE, "--for", "1h")
    try:
        wait_until(
            lambda: [f["state"] for f in machines.faults()] == ["active"],
            "the freeze to be active",
            timeout=60,
        )
    finally:
        kill(holder)
    [left] = machines.faults()
    assert left["orphan"]
    assert machines.power(OTHER) == "paused"
    up = machines.home.run("up", EXERCISE)
    assert up.returncode == 0, up.stderr
    assert machines.faults() == []
    assert machines.power(OTHER) == "running"


def test_held_for_a_time_it_is_lifted_by_itself(machines: Machines) -> None:
    done = machines.home.run(
        "fault", "inject", "netem", SRV, "--loss", "50", EXERCISE, "--for", "2s"
    )
    assert done.returncode == 0, done.stderr
    assert "levée : réseau de srv dégradé (perte 50 %)" in done.stdout
    assert machines.faults() == []
    assert "netem" not in machines.read(SRV, "tc qdisc show dev eth0")


def test_asleep_and_awake_again_the_fault_is_known_and_can_be_lifted(machines: Machines) -> None:
    pulled = machines.inject("link-down", OTHER)
    late = machines.inject("netem", SRV, "--delay", "100")
    down = machines.home.run("down", EXERCISE)
    assert down.returncode == 0, down.stderr
    assert machines.faults() == []
    up = machines.home.run("up", EXERCISE)
    assert up.returncode == 0, up.stderr
    assert [f["id"] for f in machines.faults()] == [pulled["id"], late["id"]]
    assert "netem" in machines.read(SRV, "tc qdisc show dev eth0")
    assert machines.read(OTHER, "cat /sys/class/net/eth0/carrier") == "0"
    lifted = machines.home.run("fault", "lift", "--all", EXERCISE)
    assert lifted.returncode == 0, lifted.stderr
    assert "netem" not in machines.read(SRV, "tc qdisc show dev eth0")
    machines.await_hearing(OTHER, SRV)


def test_a_reset_ends_every_fault(machines: Machines) -> None:
    machines.inject("netem", SRV, "--delay", "100")
    machines.inject("partition", SRV, OTHER)
    machines.inject("link-down", OTHER)
    machines.inject("power-cut", OTHER)
    reset = machines.home.run("reset", EXERCISE, "--yes")
    assert reset.returncode == 0, reset.stderr
    assert machines.faults() == []
    assert machines.power(OTHER) == "running"
    assert "netem" not in machines.read(SRV, "tc qdisc show dev eth0")
    for vm in (SRV, OTHER):
        assert "pcapra_fault" not in machines.read(vm, "nft list tables")
    machines.await_hearing(SRV, OTHER)
    machines.await_hearing(OTHER, SRV)
