"""Domain events: libvirt's own fake driver for what happens to machines, and a scripted daemon,
which speaks libvirt's RPC, for what happens to the link."""

import queue
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pcapra_lab.errors import EnvironmentProblem, VmError
from pcapra_lab.lab.daemons import await_true
from pcapra_lab.lab.lease import Lease, alone
from pcapra_lab.lab.libvirt_backend import LibvirtHypervisor
from pcapra_lab.lab.libvirt_binding import load_libvirt
from pcapra_lab.lab.libvirt_events import EventWatch, run_event_loop
from pcapra_lab.lab.power import VmPower

XML = """
<domain type="test">
  <name>{name}</name>
  <memory unit="MiB">128</memory>
  <os><type>hvm</type></os>
</domain>
"""
SRV = "pcapra-srv"
DEADLINE = 10.0

Told = tuple[str, VmPower]


@pytest.fixture(autouse=True)
def binding() -> None:
    try:
        load_libvirt()
    except EnvironmentProblem as absent:
        pytest.skip(f"libvirt's Python binding is absent: {absent.message}")


@pytest.fixture
def hypervisor(binding: None) -> Iterator[LibvirtHypervisor]:
    opened = LibvirtHypervisor("test:///default")
    opened.define(XML.format(name=SRV))
    yield opened
    opened.destroy(SRV)
    opened.undefine(SRV)
    opened.close()


class Listener:
    """Keeps what is told, and from which thread."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self.lost = threading.Event()
        self.threads: set[str] = set()

    def __call__(self, domain: str, power: VmPower) -> None:
        self.threads.add(threading.current_thread().name)
        self.told.put((domain, power))

    def next(self) -> Told:
        return self.told.get(timeout=DEADLINE)


# Machines, on the fake driver


def test_each_change_is_told_in_order(hypervisor: LibvirtHypervisor) -> None:
    listener = Listener()
    stop = hypervisor.watch(listener, listener.lost.set)
    acts: list[tuple[Callable[[str], None], VmPower]] = [
        (hypervisor.start, VmPower.RUNNING),
        (hypervisor.pause, VmPower.PAUSED),
        (hypervisor.resume, VmPower.RUNNING),
        (hypervisor.destroy, VmPower.STOPPED),
        (hypervisor.undefine, VmPower.ABSENT),
    ]
    for act, power in acts:
        act(SRV)
        assert listener.next() == (SRV, power)
    assert listener.threads == {"libvirt-events"}
    stop()
    assert not listener.lost.is_set()


def test_a_restore_is_told_as_it_goes(hypervisor: LibvirtHypervisor) -> None:
    hypervisor.start(SRV)
    hypervisor.pause(SRV)
    hypervisor.snapshot(SRV, "prepare-1")
    hypervisor.destroy(SRV)
    listener = Listener()
    stop = hypervisor.watch(listener, listener.lost.set)
    hypervisor.revert(SRV, "prepare-1", paused=True)
    hypervisor.resume(SRV)
    told = [listener.next()]
    while told[-1] != (SRV, VmPower.RUNNING) or len(told) < 2:
        told.append(listener.next())
    assert (SRV, VmPower.PAUSED) in told
    stop()


def test_defining_a_running_machine_again_is_no_change(hypervisor: LibvirtHypervisor) -> None:
    uuid = "<uuid>470aa126-e472-5d7d-8c3c-58f9d4c0af41</uuid>"
    xml = XML.format(name="pcapra-redefinie").replace("<memory", f"{uuid}<memory")
    hypervisor.define(xml)
    hypervisor.start("pcapra-redefinie")
    listener = Listener()
    stop = hypervisor.watch(listener, listener.lost.set)
    hypervisor.define(xml)
    hypervisor.destroy("pcapra-redefinie")
    assert listener.next() == ("pcapra-redefinie", VmPower.STOPPED), "not told when redefined"
    hypervisor.undefine("pcapra-redefinie")
    stop()


def test_two_watches_live_apart_and_a_stopped_one_hears_nothing(
    hypervisor: LibvirtHypervisor,
) -> None:
    first, second = Listener(), Listener()
    stop_first = hypervisor.watch(first, first.lost.set)
    stop_second = hypervisor.watch(second, second.lost.set)
    hypervisor.start(SRV)
    assert first.next() == second.next() == (SRV, VmPower.RUNNING)
    stop_first()
    stop_first()
    hypervisor.pause(SRV)
    assert second.next() == (SRV, VmPower.PAUSED)
    assert first.told.empty()
    stop_second()


def test_closing_the_hypervisor_ends_its_watches() -> None:
    closing, other = LibvirtHypervisor("test:///default"), LibvirtHypervisor("test:///default")
    deaf, hearing = Listener(), Listener()
    closing.watch(deaf, deaf.lost.set)
    other.watch(hearing, hearing.lost.set)
    closing.close()
    other.define(XML.format(name="pcapra-tard"))
    assert hearing.next() == ("pcapra-tard", VmPower.STOPPED)
    assert deaf.told.empty() and not deaf.lost.is_set()
    other.undefine("pcapra-tard")
    other.close()


PROGRAM = """
from pcapra_lab.lab.libvirt_backend import LibvirtHypervisor
import threading
hypervisor = LibvirtHypervisor("test:///default")
hypervisor.active()
assert threading.active_count() == 1, "who does not watch pays nothing"
hypervisor.watch(print, print)
assert threading.active_count() == 2
print("fin")
"""


def test_a_program_that_watches_still_ends() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "fin\n", "")


# The link, against a scripted daemon


def xdr_string(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">I", len(data)) + data + bytes(-len(data) % 4)


class ScriptedDaemon:
    """Answers the calls a watch makes: https://libvirt.org/kbase/internals/rpc.html.

    Numbers are those of libvirt's ``remote_protocol.x``.
    """

    PROGRAM = 0x20008086
    CALL, REPLY, MESSAGE = range(3)
    LIFECYCLE = 318
    DOMAIN = xdr_string(SRV) + bytes(range(16)) + struct.pack(">i", 1)
    ANSWERS = {  # noqa: RUF012 - never changed
        66: struct.pack(">II", 1, 0),  # AUTH_LIST: one way, none needed
        60: struct.pack(">i", 1),  # CONNECT_SUPPORTS_FEATURE: yes
        316: struct.pack(">i", 1),  # CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY: its id
        157: struct.pack(">Q", 9_000_000),  # CONNECT_GET_LIB_VERSION
        51: struct.pack(">i", 1),  # CONNECT_NUM_OF_DOMAINS
    }

    def __init__(self, path: Path) -> None:
        self.uri = f"qemu+unix:///session?socket={path}"
        self.links: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        path.unlink(missing_ok=True)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def tell(self, event: int) -> None:
        """Send a lifecycle event to who registered: everybody."""
        for link in self.links:
            body = struct.pack(">i", 1) + self.DOMAIN + struct.pack(">ii", event, 0)
            self._send(link, self.LIFECYCLE, self.MESSAGE, 0, body)

    def die(self) -> None:
        """As a killed daemon does: the listening socket and every link close."""
        for one in (self._listening, *self.links):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.links.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                link, _ = self._listening.accept()
                self.links.append(link)
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        with suppress(OSError), link.makefile("rb") as stream:
            while head := stream.read(4):
                packet = stream.read(struct.unpack(">I", head)[0] - 4)
                _, _, procedure, _, serial, _ = struct.unpack(">6I", packet[:24])
                answer = self.ANSWERS.get(procedure, b"")
                self._send(link, procedure, self.REPLY, serial, answer)

    def _send(
        self, link: socket.socket, procedure: int, kind: int, serial: int, body: bytes
    ) -> None:
        packet = struct.pack(">6I", self.PROGRAM, 1, procedure, kind, serial, 0) + body
        link.sendall(struct.pack(">I", len(packet) + 4) + packet)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[ScriptedDaemon]:
    started = ScriptedDaemon(tmp_path / "s")
    yield started
    started.die()


def test_an_event_arrives_within_a_second(daemon: ScriptedDaemon) -> None:
    hypervisor, listener = LibvirtHypervisor(daemon.uri), Listener()
    stop = hypervisor.watch(listener, listener.lost.set)
    began = time.monotonic()
    daemon.tell(load_libvirt().VIR_DOMAIN_EVENT_STOPPED)
    assert listener.next() == (SRV, VmPower.STOPPED)
    assert time.monotonic() - began < 1.0
    stop()
    hypervisor.close()


def test_the_end_of_the_guest_is_not_yet_the_end_of_the_machine(daemon: ScriptedDaemon) -> None:
    lv, listener = load_libvirt(), Listener()
    hypervisor = LibvirtHypervisor(daemon.uri)
    hypervisor.watch(listener, listener.lost.set)
    daemon.tell(lv.VIR_DOMAIN_EVENT_SHUTDOWN)
    daemon.tell(lv.VIR_DOMAIN_EVENT_CRASHED)
    assert listener.next() == (SRV, VmPower.STOPPED)
    assert listener.told.empty()
    hypervisor.close()


def test_a_daemon_that_dies_is_told_and_another_can_be_watched(
    daemon: ScriptedDaemon, tmp_path: Path
) -> None:
    hypervisor, listener = LibvirtHypervisor(daemon.uri), Listener()
    stop = hypervisor.watch(listener, listener.lost.set)
    assert hypervisor.alive()
    daemon.die()
    assert listener.lost.wait(1.0)
    assert not hypervisor.alive(), "seen although nothing was asked meanwhile"
    with pytest.raises(EnvironmentProblem, match="libvirt ne répond pas"):
        hypervisor.watch(listener, listener.lost.set)
    stop()
    again = ScriptedDaemon(tmp_path / "s")
    back, listener = LibvirtHypervisor(again.uri), Listener()
    back.watch(listener, listener.lost.set)
    again.tell(load_libvirt().VIR_DOMAIN_EVENT_SUSPENDED)
    assert listener.next() == (SRV, VmPower.PAUSED)
    back.close()
    again.die()


def test_stopping_is_not_losing(daemon: ScriptedDaemon) -> None:
    hypervisor, listener = LibvirtHypervisor(daemon.uri), Listener()
    hypervisor.watch(listener, listener.lost.set)()
    daemon.die()
    assert not hypervisor.alive()
    assert not listener.lost.is_set()


def test_the_lease_of_a_connection_is_given_back_although_its_daemon_is_gone(
    daemon: ScriptedDaemon, tmp_path: Path
) -> None:
    lock = tmp_path / "libvirt.lock"
    lease = Lease(lock)
    hypervisor = LibvirtHypervisor(daemon.uri, lease)
    daemon.die()
    assert not hypervisor.alive()
    with alone(lock) as free:
        assert not free
    hypervisor.close()
    with alone(lock) as free:
        assert free


@pytest.mark.parametrize("how", ["stopped", "lost"])
def test_nothing_is_kept_of_a_watch_that_ended(daemon: ScriptedDaemon, how: str) -> None:
    run_event_loop()
    connection, listener = load_libvirt().open(daemon.uri), Listener()
    kept = weakref.ref(connection)
    watch = EventWatch(connection, listener, listener.lost.set)
    if how == "lost":
        daemon.die()
        assert listener.lost.wait(1.0)
    watch.stop()
    del connection, watch
    assert await_true(lambda: kept() is None, timeout=DEADLINE)


def test_a_link_lost_during_the_registration_is_a_lab_error(
    daemon: ScriptedDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    hypervisor, listener = LibvirtHypervisor(daemon.uri), Listener()
    opened = hypervisor._open

    def cut() -> object:
        connection = opened()
        daemon.die()
        return connection

    monkeypatch.setattr(hypervisor, "_open", cut)
    with pytest.raises(VmError, match="impossible de suivre les machines"):
        hypervisor.watch(listener, listener.lost.set)
