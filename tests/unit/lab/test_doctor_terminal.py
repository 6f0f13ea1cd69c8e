"""Language and terminal: what the application would be shown on."""

import fcntl
import os
import pty
import struct
import sys
import termios

import pytest

from pcapra_lab.lab.doctor import Severity, terminal


def test_a_language_without_accents_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert terminal.language().severity is Severity.OK
    monkeypatch.setattr("locale.getpreferredencoding", lambda _set: "ANSI_X3.4-1968")
    assert terminal.language().remedy == "export LANG=C.UTF-8"


@pytest.mark.parametrize(
    ("term", "colorterm", "size", "severity", "seen"),
    [
        ("xterm", "truecolor", (80, 24), Severity.OK, "80 × 24, toutes les couleurs"),
        ("xterm-256color", "", (120, 40), Severity.OK, "xterm-256color, 120 × 40, 256 couleurs"),
        ("linux", "", (80, 24), Severity.WARNING, "8 couleurs"),
        ("vt100", "", (80, 24), Severity.WARNING, "0 couleurs"),
        ("inventé", "", (80, 24), Severity.WARNING, "inconnu de terminfo"),
        ("dumb", "", (80, 24), Severity.WARNING, "TERM=dumb"),
        ("", "", (80, 24), Severity.WARNING, "TERM=(vide)"),
        ("xterm", "truecolor", (79, 24), Severity.WARNING, "79 colonnes et 24 lignes"),
        ("xterm", "truecolor", (200, 23), Severity.WARNING, "200 colonnes et 23 lignes"),
    ],
)
def test_terminals(
    monkeypatch: pytest.MonkeyPatch,
    term: str,
    colorterm: str,
    size: tuple[int, int],
    severity: Severity,
    seen: str,
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setattr(terminal, "_size", lambda: os.terminal_size(size))
    found = terminal.screen()
    assert found.severity is severity
    assert seen in found.seen
    assert bool(found.remedy) is (severity is Severity.WARNING)


def test_the_size_is_the_real_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    monkeypatch.setattr(sys, "__stdin__", None)
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        with os.fdopen(slave, "w") as stream:
            monkeypatch.setattr(sys, "__stderr__", stream)
            assert terminal._size() == (100, 30)
    finally:
        os.close(master)
    monkeypatch.setattr(sys, "__stderr__", None)
    assert terminal.screen().severity is Severity.OK, "a pipe lacks nothing"
