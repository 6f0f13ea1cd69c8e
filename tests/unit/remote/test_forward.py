"""A local port through a machine's SSH link, against an SSH server in this process."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import paramiko
import pytest
from ssh_server import SshServer

from pcapra_lab.errors import LabError, VmError
from pcapra_lab.remote import forward as forward_module
from pcapra_lab.remote.forward import Forward
from pcapra_lab.remote.link import NothingListens, SshLink

LOOPBACK, LAN = ("127.0.0.1", 8404), ("192.168.1.10", 8404)
LARGE = bytes(range(256)) * 32_768
"""8 MiB: more than any window or socket buffer."""


def echo(channel: paramiko.Channel) -> None:
    """What comes goes back, and the end too."""
    while data := channel.recv(65_536):
        channel.sendall(data)
    # The test may have cut the link meanwhile.
    with contextlib.suppress(EOFError):
        channel.close()


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.005)


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("forward")]


def read_all(client: socket.socket) -> bytes:
    seen = b""
    while data := client.recv(65_536):
        seen += data
    return seen


@pytest.fixture
def server() -> Iterator[SshServer]:
    opened = SshServer(services={LOOPBACK: echo})
    yield opened
    opened.stop()


@pytest.fixture
def link(server: SshServer) -> Iterator[SshLink]:
    opened = SshLink(server.endpoint(), "stagiaire")
    yield opened
    opened.close()


@pytest.fixture
def forward(link: SshLink) -> Iterator[Forward]:
    opened = Forward(lambda: link, (LOOPBACK[0], LAN[0]), 8404, lambda e: e.message.encode())
    yield opened
    opened.close()
    until(lambda: not threads(), "the end of every thread")


def connect(forward: Forward) -> socket.socket:
    return socket.create_connection(("127.0.0.1", forward.port), timeout=20)


def test_bytes_go_both_ways_until_the_clients_end_comes_back(forward: Forward) -> None:
    with connect(forward) as client:

        def feed() -> None:
            client.sendall(LARGE)
            client.shutdown(socket.SHUT_WR)

        feeder = threading.Thread(target=feed)
        feeder.start()
        assert read_all(client) == LARGE
        feeder.join(10)


def test_the_machines_end_comes_first_and_the_client_may_still_speak(
    server: SshServer, forward: Forward
) -> None:
    heard: list[bytes] = []

    def last_word_first(channel: paramiko.Channel) -> None:
        channel.sendall(b"bonjour")
        channel.shutdown_write()
        while data := channel.recv(100):
            heard.append(data)
        channel.close()

    server.services[LOOPBACK] = last_word_first
    with connect(forward) as client:
        assert read_all(client) == b"bonjour"
        client.sendall(b"au revoir")
        client.shutdown(socket.SHUT_WR)
        until(lambda: b"".join(heard) == b"au revoir", "the client's words after the machine's end")
    until(lambda: len(threads()) == 1, "the end of the connection")


def test_connections_are_apart(forward: Forward) -> None:
    with connect(forward) as first, connect(forward) as second:
        second.sendall(b"deux")
        assert second.recv(10) == b"deux"
        first.sendall(b"un")
        assert first.recv(10) == b"un"


def test_a_service_on_the_machines_address_alone_is_found(
    server: SshServer, forward: Forward
) -> None:
    server.services = {LAN: echo}
    with connect(forward) as client:
        client.sendall(b"la page")
        assert client.recv(10) == b"la page"
    assert server.dialled == [LOOPBACK, LAN]


def test_when_nothing_listens_the_client_is_told_and_the_link_is_kept(
    server: SshServer, link: SshLink, forward: Forward
) -> None:
    server.services = {}
    with connect(forward) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert "rien n'accepte de connexion sur 192.168.1.10:8404" in read_all(client).decode()
    server.services = {LOOPBACK: echo}
    with connect(forward) as client:
        client.sendall(b"enfin")
        assert client.recv(10) == b"enfin"
    assert len(server.connections) == 1


def test_nothing_listening_is_told_from_a_broken_link(link: SshLink) -> None:
    with pytest.raises(NothingListens, match="rien n'accepte") as caught:
        link.dial("127.0.0.1", 1)
    assert caught.value.vm == "srv" and "ss -ltn" in caught.value.hint
    gone = SshServer()
    gone.stop()
    with pytest.raises(VmError) as broken:
        SshLink(gone.endpoint(), "stagiaire").dial(*LOOPBACK)
    assert not isinstance(broken.value, NothingListens)


def test_a_port_that_never_answers_does_not_take_the_shells_away(
    link: SshLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = link.shell(80, 24)
    opens = paramiko.Transport.open_channel

    def silent(transport: paramiko.Transport, kind: str, *args: object, **more: object) -> object:
        if kind == "direct-tcpip":
            raise paramiko.SSHException("Timeout opening channel.")
        return opens(transport, kind, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(paramiko.Transport, "open_channel", silent)
    with pytest.raises(NothingListens, match="rien n'accepte"):
        link.dial("192.168.1.10", 8080)
    shell.sendall(b"toujours la")
    assert shell.recv(100) == b"toujours la"
    # A link on which the machine answers nothing any more is another matter.
    monkeypatch.setattr("pcapra_lab.remote.link._lives", lambda _transport: False)
    with pytest.raises(VmError) as caught:
        link.dial("192.168.1.10", 8080)
    assert not isinstance(caught.value, NothingListens)


def test_a_machine_that_dies_ends_its_connections_and_the_next_ones_reach_it_again(
    server: SshServer, forward: Forward
) -> None:
    with connect(forward) as client:
        client.sendall(b"avant")
        assert client.recv(10) == b"avant"
        server.drop()
        assert client.recv(10) == b""
        until(lambda: len(threads()) == 1, "the end of the connection, the client still there")
    with connect(forward) as client:
        client.sendall(b"apres")
        assert client.recv(10) == b"apres"


def test_each_connection_asks_for_the_link_of_that_moment(server: SshServer) -> None:
    """A reset replaces the link and the port that leads to the machine."""
    other = SshServer(services={LOOPBACK: echo})
    links = [SshLink(server.endpoint(), "stagiaire"), SshLink(other.endpoint(), "stagiaire")]
    forward = Forward(lambda: links[0], (LOOPBACK[0],), 8404, lambda _: b"")
    for machine in (server, other):
        with connect(forward) as client:
            client.sendall(b"qui ?")
            assert client.recv(10) == b"qui ?"
        assert machine.dialled == [LOOPBACK]
        links.pop(0).close()
    forward.close()
    other.stop()
    until(lambda: not threads(), "the end of every thread")


def test_no_link_is_told_to_the_client(link: SshLink) -> None:
    def none() -> SshLink:
        raise LabError("la machine est éteinte")

    forward = Forward(none, (LOOPBACK[0],), 8404, lambda error: error.message.encode())
    with connect(forward) as client:
        assert read_all(client).decode() == "la machine est éteinte"
    forward.close()


def test_a_client_that_vanishes_frees_the_machines_end(server: SshServer, forward: Forward) -> None:
    ended = threading.Event()

    def talk(channel: paramiko.Channel) -> None:
        while channel.recv(100):
            pass
        ended.set()
        channel.close()

    server.services[LOOPBACK] = talk
    with connect(forward) as client:
        client.sendall(b"x")
        # A reset instead of an end.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert ended.wait(10)
    until(lambda: len(threads()) == 1, "the end of the connection")


def test_closing_ends_a_client_that_neither_reads_nor_speaks(
    server: SshServer, link: SshLink, forward: Forward
) -> None:
    flowing = threading.Event()

    def flood(channel: paramiko.Channel) -> None:
        try:
            while True:
                channel.sendall(LARGE[:65_536])
                flowing.set()
        except (OSError, EOFError):
            channel.close()

    server.services[LOOPBACK] = flood
    with connect(forward) as deaf:
        deaf.sendall(b"x")
        assert flowing.wait(10)
        forward.close()
        forward.close()
        until(lambda: not threads(), "the end of every thread")
        with pytest.raises(ConnectionRefusedError):
            connect(forward)


def test_connections_are_bounded_and_the_next_ones_wait(
    link: SshLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward_module, "MOST_CONNECTIONS", 2)
    forward = Forward(lambda: link, (LOOPBACK[0],), 8404, lambda _: b"")
    with connect(forward) as first, connect(forward) as second, connect(forward) as third:
        for client in (first, second):
            client.sendall(b"x")
            assert client.recv(1) == b"x"
        third.sendall(b"y")
        third.settimeout(0.2)
        with pytest.raises(TimeoutError):
            third.recv(1)
        assert len(threads()) == 1 + 2 * 2
        first.close()
        third.settimeout(20)
        assert third.recv(1) == b"y"
    forward.close()
    until(lambda: not threads(), "the end of every thread")
