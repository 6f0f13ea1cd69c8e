"""What the daemons' keeper stands on. The daemons themselves are the end-to-end tests' matter."""

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab import daemons
from pcapra_lab.lab.daemons import (
    Daemons,
    answers,
    await_true,
    groups_of,
    private_folder,
    reaper_argv,
    start_time,
)
from pcapra_lab.lab.files import write_json
from pcapra_lab.lab.lease import Lease
from pcapra_lab.lab.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    made.create()
    return made


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1)


def test_a_start_time_tells_a_process_from_a_later_one_and_from_a_corpse() -> None:
    process = sleeper()
    started = start_time(process.pid)
    assert started is not None and int(started) > 0
    assert start_time(process.pid) == started
    assert start_time(os.getpid()) != started
    process.kill()
    # Not waited for yet: a zombie is no running daemon.
    assert await_true(lambda: start_time(process.pid) is None, timeout=10)
    process.communicate()
    assert start_time(process.pid) is None


def test_a_socket_answers_while_somebody_listens(tmp_path: Path) -> None:
    path = tmp_path / "s"
    assert not answers(path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert not answers(path)
        server.listen()
        assert answers(path)
    assert path.exists()
    assert not answers(path), "a socket file left by a dead daemon"


def test_a_path_too_long_for_a_socket_does_not_answer(tmp_path: Path) -> None:
    assert not answers(tmp_path / ("x" * 200))


def test_a_private_folder_is_made_once_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "p"
    private_folder(path)
    private_folder(path)
    assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_a_folder_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "p"
    path.mkdir()
    path.chmod(mode)
    with pytest.raises(EnvironmentProblem, match="n'est pas un dossier privé"):
        private_folder(path)


def test_a_link_or_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(EnvironmentProblem, match=name):
            private_folder(tmp_path / name)


def test_someone_elses_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p"
    path.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(EnvironmentProblem, match="n'est pas un dossier privé"):
        private_folder(path)


def test_waiting_ends_when_the_condition_holds_or_the_time_is_up() -> None:
    tries = iter([False, False, True])
    assert await_true(lambda: next(tries), timeout=10)
    assert not await_true(lambda: False, timeout=0.2)


def test_accounts_have_their_own_daemon_by_a_short_path(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    one = Daemons(paths)
    other = Daemons(Paths(paths.cache, tmp_path / "autre", paths.state))
    assert one.uri.startswith("qemu+unix:///session?socket=/")
    assert one.uri != other.uri
    # unix(7): QEMU's monitor socket lives below, in 108 bytes at most.
    assert len(one.uri.partition("socket=")[2]) < 60


def test_only_a_recorded_daemon_that_is_still_the_same_process_is_ended(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    ours, stranger = sleeper(), sleeper()
    record = paths.state / "daemons.json"
    write_json(
        record,
        [
            {"name": "libvirtd", "pid": ours.pid, "started": start_time(ours.pid)},
            {"name": "libvirtd", "pid": stranger.pid, "started": "1"},
        ],
    )
    try:
        Daemons(paths).stop_ours()
        assert start_time(ours.pid) is None
        assert start_time(stranger.pid) is not None, "a reused pid was shot"
        assert not record.exists()
    finally:
        for process in (ours, stranger):
            process.kill()
            process.communicate()


class Fake:
    """A connection, that a number of domains run on."""

    domains = 0

    def __init__(self, uri: str, lease: Lease | None = None) -> None:
        self.lease = lease

    def active(self) -> int:
        return self.domains

    def close(self) -> None:
        if self.lease is not None:
            self.lease.release()


class Served(Daemons):
    """A daemon that answers once it was started; each start is a process of its own."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths)
        self.record = paths.state / "daemons.json"
        self.starts: list[subprocess.Popen[bytes]] = []

    def _start(self) -> None:
        # Long enough for another one to come meanwhile.
        time.sleep(0.2)
        process = sleeper()
        self.starts.append(process)
        entry = {"name": "libvirtd", "pid": process.pid, "started": start_time(process.pid)}
        write_json(self.record, [entry])

    def alive(self) -> bool:
        return any(start_time(process.pid) for process in self.starts)


@pytest.fixture
def served(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(daemons, "LibvirtHypervisor", Fake)
    found = Served(paths)
    monkeypatch.setattr(daemons, "answers", lambda _path: found.alive())
    yield found
    for process in found.starts:
        process.kill()
        process.communicate()


def test_two_that_come_at_once_start_one_daemon(served: Served) -> None:
    with ThreadPoolExecutor(4) as pool:
        connections = list(pool.map(lambda _i: served.connect(), range(4)))
    assert len(connections) == 4
    assert len(served.starts) == 1


def test_a_daemon_goes_on_while_someone_else_is_connected(served: Served) -> None:
    ours, others = served.connect(), served.connect()
    ours.close()
    served.stop_if_idle()
    assert served.alive(), "stopped under another one's feet"
    others.close()
    served.stop_if_idle()
    assert not served.alive()


def test_a_daemon_goes_on_while_a_domain_runs(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.connect().close()
    monkeypatch.setattr(Fake, "domains", 1)
    served.stop_if_idle()
    assert served.alive()
    monkeypatch.setattr(Fake, "domains", 0)
    served.stop_if_idle()
    assert not served.alive()


def test_the_groups_of_a_process_are_those_it_runs_with() -> None:
    assert groups_of(os.getpid()) == {os.getegid(), *os.getgroups()}
    assert groups_of(int(Path("/proc/sys/kernel/pid_max").read_text()) + 1) == set()


KVM_GROUP = 12345


@pytest.fixture
def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This account is in the group of ``/dev/kvm`` by now."""
    node = tmp_path / "kvm"
    node.touch(mode=0o660)
    real = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(path, follow_symlinks=follow_symlinks)
        if path != node:
            return found
        return os.stat_result([*found[:5], KVM_GROUP, *found[6:]])

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(daemons, "KVM", node)
    others = daemons.groups_of
    monkeypatch.setattr(
        daemons,
        "groups_of",
        lambda pid: {KVM_GROUP} if pid == os.getpid() else others(pid) - {KVM_GROUP},
    )


def test_a_daemon_from_before_the_group_kvm_makes_room_for_a_new_one(
    served: Served, joined: None
) -> None:
    served.connect().close()
    served.connect().close()
    assert len(served.starts) == 2
    assert start_time(served.starts[0].pid) is None


def test_while_machines_run_on_a_daemon_from_before_the_group_kvm_it_stays(
    served: Served, joined: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.connect().close()
    monkeypatch.setattr(Fake, "domains", 1)
    served.connect().close()
    assert len(served.starts) == 1 and served.retire_outdated()


def test_a_daemon_with_todays_groups_is_kept(
    served: Served, joined: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.connect().close()
    monkeypatch.setattr(daemons, "groups_of", lambda _pid: {KVM_GROUP})
    served.connect().close()
    assert len(served.starts) == 1 and not served.retire_outdated()


def test_a_connection_that_fails_holds_nothing_back(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> Fake:
        raise EnvironmentProblem("ne répond pas", hint="plus tard")

    with monkeypatch.context() as patch:
        patch.setattr(daemons, "LibvirtHypervisor", refuse)
        with pytest.raises(EnvironmentProblem):
            served.connect()
    served.stop_if_idle()
    assert not served.alive()


def test_a_daemon_that_ignores_the_polite_signal_is_killed(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(daemons, "STOP_TIMEOUT", 0.3)
    deaf = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo; while :; do sleep 1; done"], stdout=subprocess.PIPE
    )
    try:
        assert deaf.stdout is not None and deaf.stdout.readline()
        entry = {"name": "libvirtd", "pid": deaf.pid, "started": start_time(deaf.pid)}
        write_json(paths.state / "daemons.json", [entry])
        Daemons(paths).stop_ours()
        assert await_true(lambda: start_time(deaf.pid) is None, timeout=10)
    finally:
        deaf.kill()
        deaf.communicate()


LIBVIRTD = """\
#!{python}
import os, socket, sys, time
folder = os.environ["XDG_RUNTIME_DIR"] + "/libvirt"
os.makedirs(folder)
with open(sys.argv[sys.argv.index("--pid-file") + 1], "w") as file:
    file.write(str(os.getpid()))
server = socket.socket(socket.AF_UNIX)
server.bind(folder + "/libvirt-sock")
server.listen()
time.sleep(600)
"""


def test_nobody_ages_the_files_of_a_daemon_that_runs(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "libvirtd"
    program.parent.mkdir()
    program.write_text(LIBVIRTD.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    keeper = Daemons(paths)
    # An account's, whoever runs the tests.
    keeper.privileged = False
    short = Path(keeper.uri.partition("socket=")[2]).parents[2]
    keeper._start()
    try:
        # As systemd-tmpfiles does for each folder that it looks into.
        handle = os.open(short, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)
    finally:
        keeper.stop_ours()
    assert not short.exists()


def test_a_daemon_that_ends_by_itself_meanwhile_is_no_failure(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_pid: int, _number: int) -> None:
        raise ProcessLookupError

    process = sleeper()
    entry = {"name": "tini", "pid": process.pid, "started": start_time(process.pid)}
    write_json(paths.state / "daemons.json", [entry])
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", gone)
        Daemons(paths).stop_ours()
    assert not (paths.state / "daemons.json").exists()
    process.kill()
    process.communicate()


ORPHAN = """
import os, time
out, into = os.pipe()
between = os.fork()
if between == 0:
    between_pid = os.getpid()
    if os.fork() == 0:
        while os.getppid() == between_pid:
            time.sleep(0.001)
        os.write(into, str(os.getppid()).encode())
    os._exit(0)
os.waitpid(between, 0)
print(os.getppid(), os.read(out, 20).decode())
"""
"""Its grandchild says who took it over."""


def test_machines_that_the_daemon_lets_go_are_taken_over_by_thereaper_argv() -> None:
    reaper = reaper_argv()
    assert reaper, "tini is in setup/debian-packages.txt"
    said = subprocess.check_output([*reaper, sys.executable, "-c", ORPHAN], text=True, timeout=30)
    above, adopted_by = said.split()
    assert adopted_by == above


def test_without_a_reaper_the_daemon_starts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert reaper_argv() == []
