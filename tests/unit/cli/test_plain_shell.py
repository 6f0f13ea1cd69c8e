"""Commands in a real bash on a PTY, driven in lines."""

import io
import os
import pty
import select
import signal
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_fakes import PtyShell, scripted

from pcapra_lab.cli import plain_shell
from pcapra_lab.cli.plain_shell import LEAVE, PlainShell
from pcapra_lab.cli.plain_voice import EndOfInput, Voice
from pcapra_lab.errors import VmError
from pcapra_lab.lab.daemons import await_true


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


class Bench:
    """A shell and who speaks with it."""

    def __init__(self, home: Path, *answers: str) -> None:
        self.voice, self.said = scripted(*answers)
        self.shell = PlainShell("srv", PtyShell(home), self.voice)

    def run(self, code: str) -> str:
        """What a command says."""
        self.said.seek(0)
        self.said.truncate()
        assert self.shell.run(code)
        return self.said.getvalue()


@pytest.fixture
def bench(home: Path) -> Iterator[Bench]:
    made = Bench(home, "oui", "secret")
    yield made
    made.shell.close()


def test_a_command_says_its_output_without_echo_or_prompt(bench: Bench) -> None:
    assert bench.run("echo un; printf deux") == "un\ndeux\n"
    assert bench.shell.prompt == "invite>"


def test_the_shell_lasts_from_one_command_to_the_next(bench: Bench) -> None:
    assert bench.run("A=valeur\ncd /") == ""
    assert bench.run('echo "$A" $PWD') == "valeur /\n"


def test_several_lines_are_not_read_by_the_first_one(bench: Bench) -> None:
    said = bench.run('read -p "Continuer ? " x\necho "reçu $x"')
    assert "Continuer ? \n(srv attend une réponse)\n" in said
    assert said.endswith("reçu oui\n")


def test_a_hidden_answer_is_not_told(bench: Bench) -> None:
    bench.run('read -p "Continuer ? " x')
    said = bench.run('read -s -p "Mot de passe : " x; echo; echo "${#x} lettres"')
    assert said.endswith("6 lettres\n")
    assert "secret" not in said


def test_a_question_nobody_answers_is_interrupted(home: Path) -> None:
    bench = Bench(home)
    try:
        with pytest.raises(EndOfInput):
            bench.shell.run('read -p "Continuer ? " x; touch trop')
        bench.run("ls; echo lu")
        assert bench.said.getvalue().endswith("lu\n")
        assert not (home / "trop").exists()
    finally:
        bench.shell.close()


def test_a_new_shell_inside_the_shell_is_at_its_prompt(bench: Bench) -> None:
    bench.run("PS1='dedans# ' bash --norc -i")
    assert bench.shell.prompt == "dedans#"
    assert bench.run("echo $SHLVL") != ""


def test_a_shell_that_ends_is_said(bench: Bench) -> None:
    with pytest.raises(VmError, match="srv : la liaison avec le terminal est perdue"):
        bench.shell.run("exit")
    assert not bench.shell.alive


def test_a_silent_program_is_interrupted_and_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_shell, "_SILENCE", 0.5)
    with pytest.raises(VmError, match="ne dit plus rien") as caught:
        bench.shell.run("cat")
    assert caught.value.hint == "lancez-la dans un terminal : pcapra-lab shell srv"
    assert bench.run("echo encore").endswith("encore\n")


def test_a_flood_behind_the_prompt_blocks_neither_it_nor_the_end(home: Path) -> None:
    bench = Bench(home)
    # Ends when its terminal is gone: no job may outlive the test.
    bench.run("while echo encore; do sleep 0.01; done & echo $! > pid")
    assert "ici" in bench.run("echo ici")
    flood = Path("/proc") / (home / "pid").read_text().strip()
    assert flood.exists()
    ended = threading.Thread(target=bench.shell.close)
    ended.start()
    ended.join(timeout=10)
    assert not ended.is_alive()
    del bench, ended
    assert await_true(lambda: not flood.exists(), timeout=10)


class Terminal:
    """A person's terminal: a PTY whose other end types and reads."""

    def __init__(self) -> None:
        self.hand, self._place = pty.openpty()
        self._source = os.fdopen(os.dup(self._place), "r", encoding="utf-8")
        self._sink = io.TextIOWrapper(os.fdopen(os.dup(self._place), "wb"), encoding="utf-8")
        self.voice = Voice(self._source, self._sink)
        self.seen = ""

    def until(self, text: str) -> None:
        """Read until ``text`` was seen since the last call."""
        while text not in self.seen:
            assert select.select([self.hand], [], [], 10)[0], f"{text!r} is not in {self.seen!r}"
            self.seen += os.read(self.hand, 4096).decode("utf-8", "replace")
        self.seen = self.seen.partition(text)[2]

    def hands_keys_over(self) -> bool:
        """Whether keys go through one by one, unread by the terminal."""
        lflag = termios.tcgetattr(self.hand)[3]
        return isinstance(lflag, int) and not lflag & termios.ICANON

    def close(self) -> None:
        self._source.close()
        self._sink.close()
        os.close(self._place)
        os.close(self.hand)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_at_a_terminal_keys_go_to_the_program(terminal: Terminal, home: Path) -> None:
    shell = PlainShell("srv", PtyShell(home), terminal.voice)
    outcome: list[bool] = []
    act = threading.Thread(
        target=lambda: outcome.append(shell.run('read -p "Continuer ? " x; echo "reçu $x"'))
    )
    act.start()
    try:
        terminal.until("Continuer ? ")
        os.write(terminal.hand, b"ouj\x7fi\r")
        terminal.until("reçu oui")
        act.join(timeout=10)
        assert outcome == [True]
    finally:
        shell.close()


def test_f12_leaves_a_program_running_and_s_comes_back(terminal: Terminal, home: Path) -> None:
    remote = PtyShell(home)
    shell = PlainShell("srv", remote, terminal.voice)
    outcome: list[bool] = []
    act = threading.Thread(target=lambda: outcome.append(shell.run("echo prêt; cat")))
    act.start()
    try:
        terminal.until("prêt")
        os.write(terminal.hand, LEAVE)
        act.join(timeout=10)
        assert outcome == [False]
        with pytest.raises(VmError, match="un programme y tourne encore"):
            shell.run("ls")
        back = threading.Thread(target=shell.join)
        back.start()
        assert await_true(terminal.hands_keys_over, timeout=10)
        os.write(terminal.hand, b"\x04")
        terminal.until("invite> ")
        os.write(terminal.hand, LEAVE)
        back.join(timeout=10)
        assert not back.is_alive()
        assert remote.sizes[-1] == (80, 24)
        assert shell.run("true")
    finally:
        shell.close()


def test_joining_with_a_command_runs_it_first_with_the_whole_terminal(
    terminal: Terminal, home: Path
) -> None:
    shell = PlainShell("srv", PtyShell(home), terminal.voice)
    back = threading.Thread(target=shell.join, args=("echo lancé; cat > écrit; echo fini",))
    back.start()
    try:
        # Until the command runs, the shell's line editor has the keys: a ^D is not an end of file.
        terminal.until("lancé\r\n")
        assert await_true(terminal.hands_keys_over, timeout=10)
        os.write(terminal.hand, b"du texte\r\x04")
        terminal.until("\nfini")
        terminal.until("invite> ")
        os.write(terminal.hand, LEAVE)
        back.join(timeout=10)
        assert not back.is_alive()
        assert (home / "écrit").read_text() == "du texte\n"
    finally:
        shell.close()


def test_a_joined_shell_follows_the_terminals_size(
    terminal: Terminal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = PtyShell(home)
    shell = PlainShell("srv", remote, terminal.voice)
    followed: list[bool] = []

    def widen() -> None:
        assert await_true(terminal.hands_keys_over, timeout=10)
        assert await_true(lambda: bool(remote.sizes), timeout=10)
        monkeypatch.setenv("COLUMNS", "137")
        os.kill(os.getpid(), signal.SIGWINCH)
        followed.append(await_true(lambda: remote.sizes[-1][0] == 137, timeout=10))
        os.write(terminal.hand, LEAVE)

    hands = threading.Thread(target=widen)
    hands.start()
    try:
        shell.join()
        hands.join(timeout=10)
        assert followed == [True]
        assert remote.sizes[-1] == (80, 24)
        assert signal.getsignal(signal.SIGWINCH) is signal.SIG_DFL
    finally:
        shell.close()


def test_nothing_is_joined_with_a_command_while_a_program_runs(home: Path) -> None:
    voice, _ = scripted()
    shell = PlainShell("srv", PtyShell(home), voice)
    try:
        assert shell.run("true")
        shell._send(b"cat\r")
        with pytest.raises(VmError, match="un programme y tourne encore"):
            shell.join("nano x")
    finally:
        shell.close()
