"""One measure each. None keeps anything: the rounds do."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

from local_pty import LocalShell

from bench.terminal import outer
from bench.terminal.outer import own_environment, running
from bench.terminal.streams import STREAMS

_PRESSES = 200
_FIRST_LETTER = 0x100
"""From here on, letters one cell wide that no escape sequence contains."""
_PAINTED = 60
"""Visible bytes that make a first paint: less than one line of any of the programs."""


def core_speed(core: str, stream: str, megabytes: int, extra: tuple[Path, ...]) -> float:
    """MB/s of an emulator alone."""
    argv = [sys.executable, "-m", "bench.terminal.cores", core, stream, str(megabytes)]
    done = subprocess.run(
        argv, env=own_environment(*extra), stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)


def scrolled(
    core: str, stream: str, megabytes: int, extra: tuple[Path, ...]
) -> tuple[float, float]:
    """MB/s through the widget in an app, and the longest time (ms) that its screen stood still."""
    with tempfile.TemporaryDirectory() as scratch:
        data, result = Path(scratch, "data"), Path(scratch, "result")
        sample = STREAMS[stream](1_000_000)
        size = 0
        with data.open("wb") as file:
            for _ in range(megabytes):
                size += file.write(sample)
        argv = [
            sys.executable, "-m", "bench.terminal.stage", core, str(result), "/bin/cat", str(data),
        ]  # fmt: skip
        with running(argv, own_environment(*extra)) as app:
            app.finish()
        started, ended = json.loads(result.read_text())
    # Frames before and after are not the stream's; the clock is the same in all processes.
    frames = [at for at, _ in app.chunks if started < at < ended]
    gap = max(after - before for before, after in pairwise([started, *frames, ended]))
    return size / 1e6 / (ended - started), gap * 1000


def keystrokes() -> tuple[list[float], list[float]]:
    """Milliseconds from a key to its letter: through our widget, and by the link alone."""
    letters = [chr(_FIRST_LETTER + n).encode() for n in range(_PRESSES)]
    with tempfile.TemporaryDirectory() as scratch:
        argv = [
            sys.executable, "-m", "bench.terminal.stage", "ours", f"{scratch}/result",
            "/bin/sh", "-c", "echo PRET; exec cat",
        ]  # fmt: skip
        with running(argv, own_environment()) as app:
            app.until(partial(_within, b"PRET"))
            app.settle(0.5)
            through = []
            for letter in letters:
                app.settle(0.05)
                started = time.perf_counter()
                app.type(letter)
                at = app.until(partial(_within, letter))
                through.append((at - started) * 1000)
    return through, _echoes(letters)


def _within(letter: bytes, seen: bytes) -> bool:
    return letter in seen


def _echoes(letters: list[bytes]) -> list[float]:
    shell = LocalShell(["/bin/cat"])
    try:
        took = []
        for letter in letters:
            started = time.perf_counter()
            shell.sendall(letter)
            seen = b""
            while letter not in seen:
                seen += shell.recv(4096)
            took.append((time.perf_counter() - started) * 1000)
        return took
    finally:
        shell.close()


def first_paint(argv: list[str], environment: dict[str, str]) -> float:
    """Seconds from the program's start to its first text on the screen."""
    with running(argv, environment) as app:
        started = time.perf_counter()
        return app.until(lambda seen: outer.ink(seen) >= _PAINTED) - started


def percentile(values: list[float], percent: int) -> float:
    """Nearest of the hundred cuts."""
    return statistics.quantiles(values, n=100)[percent - 1]
