"""The pump, between a shell made of two queues and a recording emulator."""

import threading
from collections.abc import Iterator
from queue import Empty, Queue

import pytest

from pcapra_lab.terminal import Pump
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator

DEADLINE = 5.0


class FakeShell:
    def __init__(self) -> None:
        self.output: Queue[bytes | OSError] = Queue()
        self.received: Queue[bytes | tuple[int, int]] = Queue()
        self.gate = threading.Event()
        self.gate.set()
        self.send_error: OSError | None = None
        self.closed = threading.Event()

    def recv(self, size: int) -> bytes:
        item = self.output.get(timeout=DEADLINE)
        if isinstance(item, OSError):
            raise item
        return item[:size]

    def sendall(self, data: bytes) -> None:
        assert self.gate.wait(DEADLINE)
        if self.send_error is not None:
            raise self.send_error
        self.received.put(data)

    def resize(self, columns: int, rows: int) -> None:
        self.received.put((columns, rows))

    def close(self) -> None:
        self.closed.set()
        self.output.put(b"")


class Harness:
    def __init__(self) -> None:
        self.shell = FakeShell()
        self.emulator = GhosttyEmulator(40, 10)
        self.wakes: Queue[None] = Queue()
        self.reasons: Queue[str] = Queue()
        self.pump = Pump(
            self.shell,
            self.emulator,
            on_output=lambda: self.wakes.put(None),
            on_closed=self.reasons.put,
        )
        self.pump.start()

    def sent(self) -> bytes | tuple[int, int]:
        return self.shell.received.get(timeout=DEADLINE)


@pytest.fixture
def harness() -> Iterator[Harness]:
    harness = Harness()
    yield harness
    harness.shell.gate.set()
    harness.pump.close()
    assert harness.pump.join(DEADLINE)
    assert harness.shell.closed.is_set()


def test_output_reaches_the_emulator_and_wakes_the_front(harness: Harness) -> None:
    harness.shell.output.put(b"bonjour")
    harness.wakes.get(timeout=DEADLINE)
    assert harness.emulator.text() == "bonjour"


def test_answers_of_the_terminal_are_sent_back(harness: Harness) -> None:
    harness.shell.output.put(b"\x1b[5n")
    assert harness.sent() == b"\x1b[0n"


def test_wakes_are_coalesced_until_acknowledged(harness: Harness) -> None:
    harness.shell.output.put(b"a")
    harness.wakes.get(timeout=DEADLINE)
    for _ in range(50):
        harness.shell.output.put(b"b")
    harness.shell.output.put(b"\x1b[5n")
    assert harness.sent() == b"\x1b[0n"  # all fifty were fed
    assert harness.wakes.empty()
    harness.pump.acknowledge()
    harness.shell.output.put(b"c")
    harness.wakes.get(timeout=DEADLINE)


def test_the_shell_is_held_back_for_a_front_that_is_late_to_draw(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.terminal.pump._LATE_SECONDS", 0.0)
    monkeypatch.setattr("pcapra_lab.terminal.pump._REST_SECONDS", DEADLINE)
    harness.shell.output.put(b"a")
    harness.wakes.get(timeout=DEADLINE)
    harness.shell.output.put(b"\x1b[5n")
    assert harness.sent() == b"\x1b[0n"
    harness.shell.output.put(b"\x1b[5n")
    with pytest.raises(Empty):
        harness.shell.received.get(timeout=0.2)
    harness.pump.acknowledge()
    assert harness.sent() == b"\x1b[0n"


def test_a_front_that_never_draws_holds_nothing_back_for_long(harness: Harness) -> None:
    for _ in range(4):
        harness.shell.output.put(b"x")
    harness.shell.output.put(b"\x1b[5n")
    assert harness.sent() == b"\x1b[0n"


def test_a_blocked_link_blocks_neither_sending_nor_reading(harness: Harness) -> None:
    harness.shell.gate.clear()
    harness.pump.send(b"un")
    harness.pump.resize(100, 30)
    harness.pump.send(b"deux")
    harness.shell.output.put(b"lu")
    harness.wakes.get(timeout=DEADLINE)
    assert harness.emulator.text() == "lu"
    assert harness.shell.received.empty()
    harness.shell.gate.set()
    assert [harness.sent() for _ in range(3)] == [b"un", (100, 30), b"deux"]


def test_the_end_of_the_shell_is_told_once(harness: Harness) -> None:
    harness.shell.output.put(b"adieu")
    harness.shell.output.put(b"")
    assert harness.reasons.get(timeout=DEADLINE) == "la session s'est terminée"
    assert harness.emulator.text() == "adieu"
    assert not harness.pump.alive
    harness.pump.send(b"trop tard")
    harness.pump.close()
    assert harness.pump.join(DEADLINE)
    assert harness.shell.received.empty()
    assert harness.reasons.empty()


def test_a_lost_link_says_why(harness: Harness) -> None:
    harness.shell.output.put(OSError("plus de réponse"))
    assert harness.reasons.get(timeout=DEADLINE) == "la liaison est coupée (plus de réponse)"


def test_a_link_lost_while_sending_says_why(harness: Harness) -> None:
    harness.shell.send_error = OSError("socket fermée")
    harness.pump.send(b"x")
    assert harness.reasons.get(timeout=DEADLINE) == "la liaison est coupée (socket fermée)"


def test_closing_oneself_is_not_a_lost_link(harness: Harness) -> None:
    harness.pump.close()
    harness.pump.close()
    assert harness.pump.join(DEADLINE)
    assert harness.reasons.empty()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failing_emulator_does_not_leave_the_pane_looking_alive() -> None:
    class Broken(GhosttyEmulator):
        def feed(self, data: bytes) -> bytes:
            raise RuntimeError(data)

    shell = FakeShell()
    reasons: Queue[str] = Queue()
    pump = Pump(shell, Broken(40, 10), on_output=lambda: None, on_closed=reasons.put)
    pump.start()
    shell.output.put(b"x")
    assert reasons.get(timeout=DEADLINE) == "l'émulateur de terminal a échoué"
    pump.close()
    assert pump.join(DEADLINE)
