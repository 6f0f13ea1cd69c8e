"""What crashes leave is found and mended; what is in use is neither."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_hypervisor import Domain, FakeHypervisor
from fake_lab import DUO

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.errors import LabBusy
from pcapra_lab.lab import leftovers
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.daemons import Daemons, await_true, start_time
from pcapra_lab.lab.files import write_json
from pcapra_lab.lab.leftovers import Kind, Leftover, on_daemon, on_disk
from pcapra_lab.lab.lock import LabLock
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.plan import plan_lab
from pcapra_lab.lab.power import VmPower


@dataclass
class FakeDaemons(Daemons):
    """Daemons of the test's, with a short folder of its own as a user's have."""

    hypervisor: FakeHypervisor
    short: Path
    awake: bool = True
    calls: list[str] = field(default_factory=list)

    @property
    def uri(self) -> str:
        return f"qemu+unix:///session?socket={self.short}/run/libvirt/libvirt-sock"

    def running(self) -> bool:
        return self.awake

    def connect(self) -> FakeHypervisor:  # type: ignore[override]  # a double of what it gives
        self.calls.append("connect")
        self.awake = True
        return self.hypervisor

    def stop_if_idle(self) -> None:
        if self.hypervisor.active() == 0:
            self.stop_ours()

    def stop_ours(self) -> None:
        self.calls.append("stop")
        self.awake = False


@dataclass
class Host:
    installation: Installation
    daemons: FakeDaemons
    scratch: Path

    @property
    def paths(self) -> Paths:
        return self.installation.paths

    def define(self, lab: str, power: VmPower = VmPower.STOPPED, salt: str = "") -> str:
        """A domain of the first machine of a lab."""
        plan = plan_lab(lab, DUO, Path("f"), Path("d"), salt or str(self.paths.data))
        name = plan.vms[0].domain
        self.daemons.hypervisor.domains[name] = Domain(name, power, memory_mib=128)
        return name

    def on_daemon(self) -> list[Leftover]:
        return on_daemon(self.installation, self.daemons.hypervisor)

    def on_disk(self) -> list[Leftover]:
        return on_disk(self.installation)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr("pcapra_lab.lab.images.store.namespace_argv", list)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    paths.create()
    installation = Installation(paths, Catalogue.load())
    daemons = FakeDaemons(FakeHypervisor(), tmp_path / "court")
    installation.daemons = daemons
    return Host(installation, daemons, scratch)


@contextmanager
def running(argv: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has begun, and is gone afterwards."""
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stdout.readline() == b"ok\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def dead() -> int:
    """The number of a process that is no more."""
    with running([sys.executable, "-c", "print('ok', flush=True)"]) as process:
        pass
    return process.pid


# -- machines -------------------------------------------------------------------------------


def test_a_machine_whose_lab_is_gone_is_found_and_forgotten(host: Host) -> None:
    name = host.define("parti", VmPower.RUNNING)
    [left] = host.on_daemon()
    assert left.kind is Kind.MACHINE and name in left.what
    left.mend()
    assert host.daemons.hypervisor.domains == {}
    assert host.daemons.hypervisor.closed == 1
    assert "stop" not in host.daemons.calls, "a daemon that was there before goes on"


def test_machines_of_labs_that_are_there_or_of_others_are_left_alone(host: Host) -> None:
    (host.paths.labs / "present").mkdir()
    host.define("present")
    host.define("parti", salt="une autre installation")
    for name in ("vm", "pcapra-zz", "pcapra-123456-parti-srv", "debian-12"):
        host.daemons.hypervisor.domains[name] = Domain(name)
    assert host.on_daemon() == []


def test_a_lab_made_again_meanwhile_keeps_its_machine(host: Host) -> None:
    host.define("parti")
    [left] = host.on_daemon()
    (host.paths.labs / "parti").mkdir()
    left.mend()
    assert len(host.daemons.hypervisor.domains) == 1


def test_a_daemon_started_to_mend_is_stopped_again(host: Host) -> None:
    host.define("parti")
    [left] = host.on_daemon()
    host.daemons.awake = False
    left.mend()
    assert host.daemons.calls == ["connect", "stop"]
    assert host.daemons.hypervisor.domains == {}


# -- QEMU processes -------------------------------------------------------------------------

HOLD = "import sys; print('ok', flush=True); sys.stdin.read()"


@contextmanager
def qemu(host: Host, disk: Path, domain: str, script: str = HOLD) -> Iterator[int]:
    """A process that says what libvirt tells a QEMU with that disk."""
    name = host.scratch / "qemu-system-x86_64"
    if not name.exists():
        name.symlink_to(sys.executable)
    blockdev = json.dumps({"driver": "file", "filename": str(disk)})
    options = ["-name", f"guest={domain},debug-threads=on", "-blockdev", blockdev]
    with running([str(name), "-c", script, *options]) as process:
        yield process.pid


def test_a_qemu_that_the_daemon_does_not_know_is_ended(host: Host) -> None:
    disk = host.paths.labs / "borg/srv/racine.qcow2"
    disk.parent.mkdir(parents=True)
    with qemu(host, disk, "pcapra-abcdef-borg-srv") as pid:
        [left] = host.on_daemon()
        assert left.kind is Kind.PROCESS
        assert f"QEMU {pid}" in left.what and "laboratoire borg" in left.what
        assert left.size > 2**20
        left.mend()
        assert start_time(pid) is None
        left.mend()
    assert host.on_daemon() == []


def test_a_qemu_that_does_not_listen_is_killed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "END_SECONDS", 0.3)
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {HOLD}"
    with qemu(host, host.paths.labs / "borg/srv/racine.qcow2", "d", deaf) as pid:
        [left] = host.on_daemon()
        left.mend()
        assert await_true(lambda: start_time(pid) is None, timeout=10)


def test_a_qemu_that_the_daemon_knows_or_that_is_not_ours_is_left_alone(host: Host) -> None:
    (host.paths.labs / "borg").mkdir()
    name = host.define("borg", VmPower.RUNNING)
    elsewhere = host.scratch / "autre/labs/borg/srv/racine.qcow2"
    with (
        qemu(host, host.paths.labs / "borg/srv/racine.qcow2", name),
        qemu(host, elsewhere, "pcapra-abcdef-borg-srv"),
    ):
        assert host.on_daemon() == []


def test_a_program_that_only_reads_a_disk_is_no_qemu(host: Host) -> None:
    disk = host.paths.labs / "borg/srv/racine.qcow2"
    with running([sys.executable, "-c", HOLD, "qemu-img", "info", str(disk)]):
        assert host.on_daemon() == []


def test_a_lab_somebody_is_on_is_not_judged(host: Host) -> None:
    folder = host.paths.labs / "borg"
    with qemu(host, folder / "srv/racine.qcow2", "pcapra-abcdef-borg-srv") as pid:
        with LabLock(folder):
            assert host.on_daemon() == []
        [left] = host.on_daemon()
        with LabLock(folder), pytest.raises(LabBusy, match="borg"):
            left.mend()
        assert start_time(pid) is not None


def test_a_qemu_that_a_new_daemon_took_up_is_spared(host: Host) -> None:
    with qemu(host, host.paths.labs / "borg/srv/racine.qcow2", "repris") as pid:
        [left] = host.on_daemon()
        host.daemons.hypervisor.domains["repris"] = Domain("repris", VmPower.RUNNING)
        left.mend()
        assert start_time(pid) is not None


# -- the daemon -----------------------------------------------------------------------------


def record(host: Host, pid: int, started: str) -> None:
    entry = {"name": "libvirtd", "pid": pid, "started": started}
    write_json(host.paths.state / "daemons.json", [entry])


def test_a_dead_daemons_folder_is_found_and_cleared(host: Host, dead: int) -> None:
    host.daemons.awake = False
    assert host.on_disk() == []
    record(host, dead, "12345")
    [left] = host.on_disk()
    assert left.kind is Kind.DAEMON and "encore inscrit" in left.what
    (host.daemons.short / "run/libvirt").mkdir(parents=True)
    [left] = host.on_disk()
    assert str(host.daemons.short) in left.what
    left.mend()
    assert host.daemons.calls == ["stop"]


def test_a_daemon_that_answers_or_lives_is_no_leftover(host: Host, dead: int) -> None:
    host.daemons.short.mkdir()
    record(host, dead, "12345")
    assert host.on_disk() == [], "it answers"
    host.daemons.awake = False
    record(host, os.getpid(), start_time(os.getpid()) or "")
    assert host.on_disk() == [], "it is starting"


def test_a_dead_daemons_folder_stays_while_its_machines_run(host: Host, dead: int) -> None:
    host.daemons.awake = False
    host.daemons.short.mkdir()
    record(host, dead, "12345")
    with qemu(host, host.paths.labs / "borg/srv/racine.qcow2", "pcapra-abcdef-borg-srv"):
        assert host.on_disk() == []
    [left] = host.on_disk()
    host.daemons.awake = True
    left.mend()
    assert host.daemons.calls == [], "one was started since"


def test_the_systems_daemon_has_no_folder_of_ours(
    host: Host, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeDaemons, "uri", "qemu:///system")
    host.daemons.awake = False
    assert host.on_disk() == []
    record(host, dead, "12345")
    assert [left.kind for left in host.on_disk()] == [Kind.DAEMON]


def test_looking_at_the_disk_starts_no_daemon(host: Host) -> None:
    host.daemons.awake = False
    assert host.on_disk() == []
    assert host.daemons.calls == []


# -- builds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["store", "mmdebstrap"])
def test_a_dead_builders_scratch_is_found_with_its_size(host: Host, dead: int, place: str) -> None:
    root, prefix = host.paths.images, ".build-"
    if place == "mmdebstrap":
        root, prefix = host.scratch, "pcapra-build-"
    abandoned, living = root / f"{prefix}{dead}-0a", root / f"{prefix}{os.getpid()}-0b"
    for folder in (abandoned, living):
        folder.mkdir()
        (folder / "root.tar").write_bytes(b"x" * 2**20)
    (root / "autre").mkdir()
    [left] = host.on_disk()
    assert left.kind is Kind.BUILD and str(abandoned) in left.what
    assert left.size >= 2**20
    left.mend()
    left.mend()
    assert sorted(p.name for p in root.iterdir() if "build-" in p.name) == [living.name]


def test_a_build_that_outlived_its_builder_is_left_to_end(host: Host, dead: int) -> None:
    folder = host.paths.images / f".build-{dead}-0a"
    folder.mkdir()
    with running([sys.executable, "-c", HOLD, "mmdebstrap", f"{folder}/root.tar"]):
        assert host.on_disk() == []
    assert [left.kind for left in host.on_disk()] == [Kind.BUILD]


def test_another_accounts_scratch_is_not_ours(
    host: Host, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (host.scratch / f"pcapra-build-{dead}-0a").mkdir()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert host.on_disk() == []


# -- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["data/.x.json.{dead}", "state/.durations.json.{dead}", "data/labs/borg/.lab.json.{dead}"],
)
def test_what_a_killed_writer_left_is_removed(
    host: Host, tmp_path: Path, dead: int, name: str
) -> None:
    path = tmp_path / name.format(dead=dead)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{")
    living = path.with_name(f".autre.json.{os.getpid()}")
    living.write_text("{")
    for ordinary in ("lab.json", f"notes.{dead}", ".cache"):
        (path.parent / ordinary).write_text("{}")
    [left] = host.on_disk()
    assert left.kind is Kind.FILE and str(path) in left.what
    left.mend()
    left.mend()
    assert not path.exists() and living.exists()
    assert (path.parent / "lab.json").exists() and (path.parent / ".cache").exists()


def test_a_half_made_disk_is_removed_unless_its_lab_is_in_use(host: Host) -> None:
    path = host.paths.labs / "borg/srv/racine.new"
    path.parent.mkdir(parents=True)
    path.write_text("à moitié")
    (path.parent / "racine.qcow2").write_text("le travail du stagiaire")
    with LabLock(host.paths.labs / "borg"):
        assert host.on_disk() == []
    [left] = host.on_disk()
    with LabLock(host.paths.labs / "borg"), pytest.raises(LabBusy):
        left.mend()
    assert path.exists()
    left.mend()
    assert not path.exists()
    assert (path.parent / "racine.qcow2").exists()


WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from pcapra_lab.lab import files
os.fsync = lambda _fd: os.kill(os.getpid(), signal.SIGKILL)
files.write_json(Path(sys.argv[1]), {})
"""


def test_the_real_writer_leaves_what_is_looked_for(host: Host) -> None:
    target = host.paths.state / "daemons.json"
    done = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(target)], check=False)
    assert done.returncode == -signal.SIGKILL, shlex.join(done.args)
    [left] = host.on_disk()
    left.mend()
    assert list(host.paths.state.iterdir()) == []


def test_an_installation_in_order_has_no_leftovers(host: Host) -> None:
    lab = host.paths.labs / "borg"
    (lab / "srv").mkdir(parents=True)
    for name in ("lab.json", "socle.json", "lock", "cle", "srv/racine.qcow2", "srv/seed.tar"):
        (lab / name).write_text("-")
    host.define("borg", VmPower.RUNNING)
    assert host.on_disk() == [] and host.on_daemon() == []
