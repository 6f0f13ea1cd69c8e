"""The link to a machine, against an SSH server in this process."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import paramiko
import pytest
from ssh_server import SshServer

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.remote import link as link_module
from pcapra_lab.remote.keys import generate
from pcapra_lab.remote.link import SshLink
from pcapra_lab.remote.result import OUTPUT_LIMIT


def status(_channel: paramiko.Channel, argv: list[str]) -> int:
    return int(argv[1])


def echo(channel: paramiko.Channel, argv: list[str]) -> int:
    channel.sendall("\0".join(argv[1:]).encode())
    return 0


def flood(channel: paramiko.Channel, argv: list[str]) -> int:
    """Error first, and more of it than any window holds: reading output first would deadlock."""
    for _ in range(int(argv[1])):
        channel.sendall_stderr(b"e" * 65536)
        channel.sendall(b"o" * 65536)
    return 0


def cat(channel: paramiko.Channel, _argv: list[str]) -> int:
    while data := channel.recv(65536):
        channel.sendall(data)
    return 0


def deaf(channel: paramiko.Channel, _argv: list[str]) -> int:
    channel.sendall_stderr(b"introuvable\n")
    return 127


@pytest.fixture
def server() -> Iterator[SshServer]:
    programs = {"status": status, "echo": echo, "flood": flood, "cat": cat, "deaf": deaf}
    opened = SshServer(programs)
    yield opened
    opened.stop()


@pytest.fixture
def link(server: SshServer) -> Iterator[SshLink]:
    opened = SshLink(server.endpoint(), "root")
    yield opened
    opened.close()


@pytest.mark.parametrize("code", [0, 1, 255])
def test_exit_statuses(link: SshLink, code: int) -> None:
    assert link.run(["status", str(code)]).exit_status == code


def test_every_argument_arrives_as_it_is(link: SshLink) -> None:
    words = ["a b", "$HOME", "'", '"', ";", "*", "é", ""]
    assert link.run(["echo", *words]).stdout.decode().split("\0") == words


def test_large_outputs_on_both_sides_arrive_whole(link: SshLink) -> None:
    result = link.run(["flood", "48"], timeout=60)
    assert result.stdout == b"o" * 48 * 65536
    assert result.stderr == b"e" * 48 * 65536


def test_a_guest_that_prints_without_end_is_cut_off(
    link: SshLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "OUTPUT_LIMIT", 100_000)
    result = link.run(["flood", "4"], timeout=60)
    assert len(result.stdout) == len(result.stderr) == 100_000 < OUTPUT_LIMIT


@pytest.mark.parametrize("size", [0, 1, 5 * 2**20])
def test_standard_input_comes_back(link: SshLink, size: int) -> None:
    data = bytes(range(256)) * (size // 256) or b"x" * size
    assert link.run(["cat"], stdin=data, timeout=60).stdout == data


def test_a_program_that_does_not_read_its_input_tells_its_own_story(link: SshLink) -> None:
    result = link.run(["deaf"], stdin=b"x" * (8 * 2**20), timeout=60)
    assert result.exit_status == 127
    assert result.stderr == b"introuvable\n"


def test_the_deadline_names_the_machine_and_the_command(server: SshServer, link: SshLink) -> None:
    ended = threading.Event()

    def hang(_channel: paramiko.Channel, _argv: list[str]) -> int:
        ended.wait(30)
        return 0

    server.programs["hang"] = hang
    started = time.monotonic()
    with pytest.raises(VmError, match="srv : « hang pour-toujours » n'a pas fini en 0 s") as caught:
        link.run(["hang", "pour-toujours"], timeout=0.3)
    ended.set()
    assert time.monotonic() - started < 10
    assert caught.value.vm == "srv" and "reset --vm srv" in caught.value.hint
    assert link.run(["status", "0"]).exit_status == 0, "the link itself is still good"


def test_a_command_that_is_cancelled_is_not_waited_for(server: SshServer, link: SshLink) -> None:
    begun, ended, cancel = threading.Event(), threading.Event(), threading.Event()

    def hang(_channel: paramiko.Channel, _argv: list[str]) -> int:
        begun.set()
        ended.wait(30)
        return 0

    server.programs["hang"] = hang
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(link.run, ["hang"], timeout=60, cancel=cancel)
        assert begun.wait(20)
        cancel.set()
        with pytest.raises(Cancelled):
            asked.result(20)
    ended.set()
    assert link.run(["status", "0"]).exit_status == 0, "the link itself is still good"


def test_commands_run_side_by_side_on_one_connection(server: SshServer, link: SshLink) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(_channel: paramiko.Channel, _argv: list[str]) -> int:
        both.wait()
        return 0

    server.programs["meet"] = meet
    other: list[int] = []
    thread = threading.Thread(target=lambda: other.append(link.run(["meet"]).exit_status))
    thread.start()
    assert link.run(["meet"]).exit_status == 0
    thread.join(20)
    assert other == [0]
    assert len(server.connections) == 1


def test_another_host_key_is_refused(server: SshServer) -> None:
    link = SshLink(server.endpoint(host_key=generate().public), "root")
    with pytest.raises(VmError, match="connexion SSH impossible"):
        link.run(["status", "0"])


def test_another_client_key_is_refused(server: SshServer) -> None:
    link = SshLink(server.endpoint(private_key=generate().private), "root")
    with pytest.raises(VmError, match="connexion SSH impossible"):
        link.run(["status", "0"])


def test_a_dropped_connection_is_made_again(server: SshServer, link: SshLink) -> None:
    assert link.run(["status", "0"]).exit_status == 0
    server.drop()
    assert link.run(["status", "3"]).exit_status == 3
    assert len(server.connections) == 2


def test_a_connection_cut_during_a_command_is_an_error_not_a_result(
    server: SshServer, link: SshLink
) -> None:
    def die(_channel: paramiko.Channel, _argv: list[str]) -> int:
        server.drop()
        return 0

    server.programs["die"] = die
    with pytest.raises(VmError, match="le lien SSH a été coupé pendant « die »"):
        link.run(["die"], timeout=20)


def test_waiting_tries_until_the_machine_answers() -> None:
    late = SshServer()
    late.stop()
    up: list[SshServer] = []

    def waiting() -> None:
        if not up:
            up.append(SshServer(host=late.host, client=late.client, port=late.port))

    link = SshLink(late.endpoint(), "root")
    link.wait(30, waiting=waiting)
    link.close()
    assert len(up[0].connections) == 1
    up[0].stop()


def test_waiting_ends_at_its_deadline_and_at_a_cancel() -> None:
    gone = SshServer()
    gone.stop()
    link = SshLink(gone.endpoint(), "root")
    with pytest.raises(VmError, match="connexion SSH impossible"):
        link.wait(0.2)
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        link.wait(60, cancel, waiting=cancel.set)


def test_a_shell_is_a_sized_terminal_with_accents(server: SshServer, link: SshLink) -> None:
    shell = link.shell(100, 30)
    shell.sendall("où ?\r".encode())
    seen = b""
    while len(seen) < 6:
        seen += shell.recv(100)
    assert seen.decode() == "où ?\r"
    assert server.sizes == [(100, 30)]
    assert server.environment["TERM"] == "xterm-256color"
    assert server.environment["LANG"].endswith("UTF-8")
    shell.resize(132, 43)
    assert server.resized.wait(10)
    assert server.sizes[-1] == (132, 43)
    shell.close()


def test_a_shell_that_ends_reads_as_the_end(link: SshLink) -> None:
    shell = link.shell(80, 24)
    shell.sendall(b"exit\r")
    assert shell.recv(100) == b""
    shell.resize(100, 30)
    shell.close()
    shell.close()
    with pytest.raises(OSError, match="closed"):
        shell.sendall(b"x")


def test_closing_a_shell_wakes_its_reader(link: SshLink) -> None:
    shell = link.shell(80, 24)
    ended: list[bytes] = []
    reader = threading.Thread(target=lambda: ended.append(shell.recv(100)))
    reader.start()
    shell.close()
    reader.join(10)
    assert ended == [b""]
