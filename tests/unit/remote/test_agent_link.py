"""Both halves of the agent, one against the other."""

import json
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from guest_agent import GuestAgent

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.remote.agent import AgentLink, AgentUnavailable
from pcapra_lab.remote.result import CommandResult

PYTHON = ["python3", "-I", "-X", "utf8", "-"]


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[GuestAgent]:
    started = GuestAgent(tmp_path / "port")
    yield started
    started.stop()


@pytest.fixture
def link(agent: GuestAgent, tmp_path: Path) -> Iterator[AgentLink]:
    opened = AgentLink("srv", agent.port, tmp_path / "lock")
    opened.connect(30)
    yield opened
    opened.close()


def run(link: AgentLink, *argv: str, stdin: bytes = b"", timeout: float = 30) -> CommandResult:
    return link.run(argv, stdin=stdin, timeout=timeout)


@pytest.mark.parametrize("code", [0, 1, 255])
def test_exit_statuses_and_both_outputs(link: AgentLink, code: int) -> None:
    done = run(link, "sh", "-c", f"echo été; echo non >&2; exit {code}")
    assert done == CommandResult(code, "été\n".encode(), b"non\n")


def test_arguments_go_through_no_shell(link: AgentLink) -> None:
    words = ["deux mots", "$HOME", "'", "", "*", "é\n"]
    done = run(link, "printf", "%s\\0", *words)
    assert done.stdout.decode().split("\0")[:-1] == words


def test_standard_input_ends_where_it_ends_even_unread(link: AgentLink) -> None:
    data = os.urandom(3 * 2**20)
    assert run(link, "cat", stdin=data).stdout == data
    assert run(link, "cat").stdout == b""
    assert run(link, "true", stdin=data) == CommandResult(0, b"", b"")


def test_what_does_not_exist_and_what_is_killed_have_a_shells_status(link: AgentLink) -> None:
    missing = run(link, "introuvable")
    assert (missing.exit_status, missing.stdout) == (127, b"")
    assert b"introuvable" in missing.stderr
    assert run(link, "sh", "-c", "kill -9 $$").exit_status == 128 + 9


def test_more_output_than_is_kept_is_cut_off_not_obeyed(
    link: AgentLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.remote.agent.OUTPUT_LIMIT", 1000)
    done = run(link, "sh", "-c", "yes | head -c 500000; yes non | head -c 500000 >&2")
    assert (done.exit_status, len(done.stdout), len(done.stderr)) == (0, 1000, 1000)


def test_a_program_past_its_deadline_is_killed_with_its_children(
    link: AgentLink, tmp_path: Path
) -> None:
    told = tmp_path / "pid"
    with pytest.raises(VmError, match="délai dépassé"):
        run(link, "sh", "-c", f"sleep 300 & echo $! > {told}; wait", timeout=0.5)
    child = int(told.read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{child}").exists()


def test_a_command_that_is_cancelled_ends_there_too(link: AgentLink, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        argv = ["sh", "-c", f"exec 9> {fifo}; sleep 300"]
        asked = pool.submit(link.run, argv, stdin=b"", timeout=60, cancel=cancel)
        # Opened once the command runs; at its end once nothing of it holds the other side.
        with fifo.open("rb") as held:
            cancel.set()
            with pytest.raises(Cancelled):
                asked.result(20)
            assert select.select([held], [], [], 20)[0]
            assert held.read() == b""
    assert run(link, "true").exit_status == 0, "the link itself is still good"


def test_commands_run_side_by_side(link: AgentLink, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with ThreadPoolExecutor(2) as pool:
        # Each one ends only if the other runs.
        heard = pool.submit(run, link, "cat", str(fifo))
        said = pool.submit(run, link, "sh", "-c", f"echo bonjour > {fifo}")
        assert heard.result(30).stdout == b"bonjour\n"
        assert said.result(30).exit_status == 0


def test_a_python_program_runs_in_a_fork_as_if_it_were_alone(link: AgentLink) -> None:
    done = run(link, *PYTHON, stdin=b"import sys; print(sys.stdin.read() == '', __name__)")
    assert done == CommandResult(0, b"True __main__\n", b"")
    assert run(link, *PYTHON, stdin=b"import sys; sys.leak = 1; sys.exit(7)").exit_status == 7
    lone = run(link, *PYTHON, stdin=b"import sys; print(hasattr(sys, 'leak'))")
    assert lone.stdout == b"False\n"
    wrong = run(link, *PYTHON, stdin=b"x = 1\nraise ValueError('oups')")
    assert wrong.exit_status == 1
    assert b"line 2" in wrong.stderr and b"oups" in wrong.stderr
    assert run(link, *PYTHON, stdin=b"raise SystemExit('assez')") == CommandResult(
        1, b"", b"assez\n"
    )
    assert run(link, *PYTHON, stdin=b"def").exit_status == 1


def test_the_modules_of_a_program_are_compiled_once(link: AgentLink) -> None:
    modules = json.dumps([["un", "VALEUR = 'é'"], ["faux", "def"]])
    program = (
        f"MODULES = {modules!r}\n"
        "known = [code.co_filename for code in globals().get('COMPILED', {}).values()]\n"
        "exec(COMPILED[\"VALEUR = 'é'\"], here := {})\n"
        "print(known, ascii(here['VALEUR']))"
    ).encode()
    # What does not compile is left to the program, which may do without.
    assert run(link, *PYTHON, stdin=program).stdout == b"['un'] '\\xe9'\n"
    assert run(link, *PYTHON, stdin=program).stdout == b"['un'] '\\xe9'\n"
    assert run(link, *PYTHON, stdin=b"print(list(COMPILED))").stdout.startswith(b"[")
    for wrong in (b"MODULES = 7\nprint(1)", b"MODULES = '[[1, 2]]'\nprint(1)", b"MODULES = (\n)"):
        assert run(link, *PYTHON, stdin=wrong).exit_status == 0


def test_the_environment_is_a_login_of_root_not_the_agents(link: AgentLink) -> None:
    names = run(link, "env").stdout.decode()
    if os.geteuid() == 0:
        assert "HOME=/root" in names and "USER=root" in names
        assert "PYTEST_CURRENT_TEST" not in names
        assert run(link, "pwd").stdout == b"/root\n"


def test_the_clock_is_told_and_a_refusal_is_said(link: AgentLink) -> None:
    link.set_clock(time.time, 10)
    with pytest.raises(VmError, match="refusé"):
        link.set_clock(lambda: -1.0, 10)


def test_a_machine_that_goes_away_fails_what_waits_for_it(
    agent: GuestAgent, link: AgentLink
) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, link, "sleep", "300", timeout=300)
        run(link, "true")
        agent.kill()
        with pytest.raises(VmError, match="coupé"):
            waiting.result(30)
    assert not link.connected
    with pytest.raises(VmError, match="coupé"):
        run(link, "true")


def test_a_second_program_is_told_at_once_and_served_once_the_first_is_gone(
    agent: GuestAgent, link: AgentLink, tmp_path: Path
) -> None:
    second = AgentLink("srv", agent.port, tmp_path / "lock")
    with pytest.raises(AgentUnavailable):
        second.connect(30)
    link.close()
    second.connect(30)
    assert run(second, "echo", "à moi").stdout.decode() == "à moi\n"
    second.close()


class Mute:
    """A port behind which nobody answers, or somebody who says something else."""

    def __init__(self, port: Path, says: bytes = b"") -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(port))
        self._listener.listen(1)
        self._says = says
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client:
            client.sendall(self._says)
            while client.recv(4096):
                pass

    def stop(self) -> None:
        self._thread.join(10)
        self._listener.close()


@pytest.mark.parametrize(
    "says",
    [b"", b'{"hello": "autre", "protocol": 1}\n', b"\xff\xfe\n[]\n3\n{", b'"hello"\n'],
)
def test_who_does_not_answer_to_this_hello_is_no_agent(tmp_path: Path, says: bytes) -> None:
    mute = Mute(tmp_path / "port", says)
    link = AgentLink("srv", tmp_path / "port", tmp_path / "lock")
    turns = []
    with pytest.raises(AgentUnavailable):
        link.connect(0.5, None, lambda: turns.append(1))
    assert turns and not link.connected
    mute.stop()


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[AgentLink]:
    """A link to an agent that has answered, and whose machine stands still since."""
    thawed = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "port"))
        listener.listen()

        def serve() -> None:
            client, _ = listener.accept()
            with client, client.makefile("rb") as said:
                said.readline()
                hello = json.loads(said.readline())
                client.sendall(json.dumps({**hello, "protocol": 1}).encode() + b"\n")
                thawed.wait(60)

        serving = threading.Thread(target=serve)
        serving.start()
        link = AgentLink("srv", tmp_path / "port", tmp_path / "lock")
        link.connect(30)
        yield link
        link.close()
        thawed.set()
        serving.join()


@pytest.mark.parametrize("says", [{}, {"exit": "non"}, {"exit": 0, "stdout": "é", "stderr": ""}])
def test_an_answer_that_is_none_is_a_failure_of_the_machine(
    tmp_path: Path, says: dict[str, object]
) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "port"))
        listener.listen()

        def serve() -> None:
            client, _ = listener.accept()
            with client, client.makefile("rb") as said:
                said.readline()
                for more in ({"protocol": 1}, says):
                    heard = json.loads(said.readline())
                    told = {key: heard[key] for key in ("hello", "id") if key in heard}
                    client.sendall(json.dumps({**told, **more}).encode() + b"\n")
                said.read()

        serving = threading.Thread(target=serve)
        serving.start()
        link = AgentLink("srv", tmp_path / "port", tmp_path / "lock")
        link.connect(30)
        with pytest.raises(VmError, match="srv : le lien avec la machine"):
            run(link, "true")
        link.close()
        serving.join()


LARGE = bytes(2**21)
"""More than any buffer between the two."""


def test_a_machine_that_stands_still_is_not_spoken_to_for_ever(
    frozen: AgentLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.remote.agent.REPLY_MARGIN", 0.2)
    with pytest.raises(VmError, match="n'a pas fini"):
        run(frozen, "true", timeout=0.1)
    assert frozen.connected, "it may answer the next one"
    with pytest.raises(VmError, match="n'a pas fini"):
        run(frozen, "true", stdin=LARGE, timeout=0.1)
    assert not frozen.connected, "half a line was said"


def test_what_a_machine_that_stands_still_does_not_take_can_be_cancelled(
    frozen: AgentLink,
) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        frozen.run(["true"], stdin=LARGE, timeout=300, cancel=cancel)
    assert time.monotonic() - began < 60


def test_no_port_is_no_agent_and_leaves_the_lock_free(tmp_path: Path) -> None:
    link = AgentLink("srv", tmp_path / "rien", tmp_path / "lock")
    for _ in range(2):
        with pytest.raises(AgentUnavailable, match="No such file"):
            link.connect(5)


def test_waiting_for_a_boot_can_be_cancelled(tmp_path: Path) -> None:
    mute = Mute(tmp_path / "port")
    link = AgentLink("srv", tmp_path / "port", tmp_path / "lock")
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        link.connect(60, cancel, cancel.set)
    mute.stop()


def test_what_an_earlier_client_left_half_said_is_thrown_away(
    agent: GuestAgent, tmp_path: Path
) -> None:
    # A saved state was taken in the middle of a line.
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(agent.port))
        raw.sendall(b'{"id": 1, "argv": ["tou')
        link = AgentLink("srv", agent.port, tmp_path / "lock")
        raw.sendall(b'\n{"hello": "x"}\n')
        heard = b""
        while b'"x"' not in heard:
            heard += raw.recv(4096)
    link.connect(30)
    assert run(link, "echo", "ok").stdout == b"ok\n"
    link.close()
