"""A program on a PTY, watched as a terminal would: what it writes, and when."""

import os
import re
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local_pty import LocalShell

from bench.terminal.streams import COLUMNS, ROWS

ROOT = Path(__file__).parents[2]
DEADLINE = 20.0

_SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\)|[ -/]*[0-~])", re.DOTALL
)
_INK = re.compile(rb"[^\x00-\x20]")


def ink(output: bytes) -> int:
    """How many visible bytes there are, beside sequences and blanks."""
    return len(_INK.findall(_SEQUENCE.sub(b"", output)))


class NeverCame(Exception):
    """A program ended, or its time, without what was awaited."""


class Outer:
    """A program running, and the chunks it wrote with their times."""

    def __init__(self, shell: "OuterShell") -> None:
        self._shell = shell
        self.chunks: list[tuple[float, bytes]] = []

    def type(self, data: bytes) -> None:
        """Press keys."""
        self._shell.sendall(data)

    def read(self) -> bytes:
        """What comes next; nothing at the end."""
        data = self._shell.recv(1 << 16)
        if data:
            self.chunks.append((time.perf_counter(), data))
        return data

    def until(self, condition: Callable[[bytes], bool]) -> float:
        """Read until all that was read from now on meets ``condition``; when it did."""
        seen, end = b"", time.perf_counter() + DEADLINE
        while not condition(seen):
            ready = self._shell.readable(end - time.perf_counter())
            data = self.read() if ready else b""
            if not data:
                raise NeverCame(f"last output: {seen[-300:]!r}")
            seen += data
        return self.chunks[-1][0]

    def settle(self, seconds: float) -> None:
        """Read until nothing has come for some time."""
        while self._shell.readable(seconds):
            if not self.read():
                return

    def finish(self) -> None:
        """Read to the end."""
        while self.read():
            pass


class OuterShell(LocalShell):
    """A ``LocalShell`` that can be asked whether there is something to read, in its own world."""

    def readable(self, seconds: float) -> bool:
        """Whether output comes within some time."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
        return bool(ready)


@contextmanager
def running(argv: list[str], environment: dict[str, str]) -> Iterator[Outer]:
    """``argv`` on a PTY of its own; killed by its pid at the end."""
    settings = [f"{name}={value}" for name, value in environment.items()]
    shell = OuterShell(["/usr/bin/env", *settings, *argv], columns=COLUMNS, rows=ROWS)
    try:
        yield Outer(shell)
    finally:
        shell.close()


def own_environment(*extra: Path, **settings: str) -> dict[str, str]:
    """For a program of this bench: it imports ``bench``, the tests' PTY and some folders."""
    folders = [ROOT, ROOT / "tests/ui/terminal", *extra]
    return {
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "COLORTERM": "truecolor",
        "ESCDELAY": "25",
        **settings,
    }
