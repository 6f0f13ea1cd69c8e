"""The real program on a real terminal: a private tmux, its keys, its mouse, what it shows.

Nobody is attached: what ``send-keys`` writes goes to the program as a terminal would send it, and
``capture-pane`` tells what a person would see.
"""

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from pcapra_lab.lab.daemons import await_true

T = TypeVar("T")

_LOOKS = 0.1
"""Seconds between two looks at the screen."""
_TARGET = "app"
_MOVED, _WHEEL_UP, _WHEEL_DOWN = 35, 64, 65
"""Buttons of SGR mouse reports (xterm's ctlseqs, Extended coordinates, mode 1006)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell, from 0."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Box:
    """The inside of a border, borders not included."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, spot: Spot) -> bool:
        return self.left <= spot.column < self.right and self.top <= spot.row < self.bottom

    @property
    def centre(self) -> Spot:
        return Spot((self.left + self.right) // 2, (self.top + self.bottom) // 2)


_CONSOLE = Console()
_RUN = """\
status=$1; shift
sh -c 'echo $$ > "$0"; exec "$@"' "$0" "$@"
echo $? > "$status.new"; mv "$status.new" "$status"
"""
"""tmux 3.3a has been seen to miss a program's end, and never to tell its status."""


class Seen:
    """What the screen showed at one moment."""

    def __init__(self, styled: Sequence[str]) -> None:
        self._texts = [Text.from_ansi(line) for line in styled]
        self.lines = [text.plain for text in self._texts]
        # A wide character holds its cell and an empty one.
        self._cells = [
            [part for char in line for part in (char, "")[: cell_len(char)]] for line in self.lines
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __contains__(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def char(self, column: int, row: int) -> str:
        """What a cell holds; a space beyond the line's end."""
        cells = self._cells[row]
        return cells[column] if 0 <= column < len(cells) else " "

    def rows(self, box: Box) -> list[str]:
        """The lines inside a box, without the spaces at their ends."""
        return [
            "".join(self._cells[row][box.left : box.right]).rstrip()
            for row in range(box.top, box.bottom)
        ]

    def text(self, box: Box) -> str:
        return "\n".join(self.rows(box))

    def find(self, words: str, box: Box | None = None) -> Spot | None:
        """The first cell of the first ``words`` on the screen, or inside a box."""
        for row, line in enumerate(self.lines):
            at = line.find(words)
            while at >= 0:
                spot = Spot(cell_len(line[:at]), row)
                if box is None or box.holds(spot):
                    return spot
                at = line.find(words, at + 1)
        return None

    def box(self, title: str) -> Box | None:
        """The inside of the rounded border whose title begins with ``title``."""
        for row, line in enumerate(self.lines):
            at = line.find(f"─ {title}")
            if at < 0 or "╭" not in line[:at]:
                continue
            start = line.rindex("╭", 0, at)
            left, right = cell_len(line[:start]), cell_len(line[: line.index("╮", at)])
            below = range(row + 1, len(self.lines))
            bottom = next((r for r in below if self.char(left, r) == "╰"), None)
            if bottom is not None:
                return Box(left + 1, row + 1, right, bottom)
        return None

    def style(self, spot: Spot) -> Style:
        """How a cell is painted."""
        offset = len("".join(self._cells[spot.row][: spot.column]))
        return self._texts[spot.row].get_style_at_offset(_CONSOLE, offset)


class TmuxScreen:
    """A program on a terminal of a fixed size.

    Args:
        folder: of the test's own: for tmux's socket, the program's pid and its exit status.
        env: of the programs.
        size: columns and rows.
    """

    def __init__(self, folder: Path, env: Mapping[str, str], size: tuple[int, int]) -> None:
        self._server = ["tmux", "-L", f"e2e-{os.getpid()}", "-f", "/dev/null"]
        self._env = {key: env[key] for key in env.keys() - {"TMUX", "TMUX_PANE"}}
        self._env |= {"TMUX_TMPDIR": str(folder), "COLORTERM": "truecolor"}
        self._size = size
        self._pid = folder / "pid"
        self._status = folder / "status"
        self._up = False

    # The program

    def open(self, command: Sequence[str]) -> None:
        """Run a program; the one before must have ended."""
        assert not self._up or not self.running, "the program before still runs"
        self._status.unlink(missing_ok=True)
        line = shlex.join(["sh", "-c", _RUN, str(self._pid), str(self._status), *command])
        if self._up:
            self._tmux("respawn-pane", "-k", "-t", _TARGET, line)
            return
        width, height = (str(cells) for cells in self._size)
        # One command line: the program must not end before tmux knows that its pane stays.
        self._tmux(
            *("start-server", ";", "set", "-g", "remain-on-exit", "on"),
            *(";", "set", "-g", "status", "off", ";", "set", "-s", "escape-time", "0"),
            *(";", "set", "-g", "default-terminal", "tmux-256color"),
            *(";", "new-session", "-d", "-s", _TARGET, "-x", width, "-y", height, line),
        )
        self._up = True

    @property
    def running(self) -> bool:
        return not self._status.exists()

    def ended(self, timeout: float = 60) -> int:
        """Wait until the program ends; its exit status."""
        ended = await_true(lambda: not self.running, timeout=timeout)
        assert ended, f"still running after {timeout:.0f} s:\n{self.look()}"
        return int(self._status.read_text())

    def close(self) -> None:
        """End the server, and with it the program that a failure left there."""
        if not self._up:
            return
        self._tmux("kill-server")
        program = Path("/proc") / self._pid.read_text().strip()
        gone = await_true(lambda: not program.exists(), timeout=30)
        assert gone, f"the program, {program}, outlived its terminal"

    # The screen

    def look(self) -> Seen:
        """What is shown now."""
        return Seen(self._tmux("capture-pane", "-p", "-e", "-t", _TARGET).split("\n")[:-1])

    def until(self, seen: Callable[[Seen], T | None], what: str, timeout: float = 30) -> T:
        """Look until ``seen`` answers something true; that answer.

        ``what`` names what is awaited. A program that ends meanwhile is not waited for.
        """
        deadline = time.monotonic() + timeout
        while True:
            now = self.look()
            if answer := seen(now):
                return answer
            ended = not self.running
            assert not ended, f"the program ended, waited for {what}:\n{now}"
            waited = time.monotonic() >= deadline
            assert not waited, f"waited {timeout:.0f} s for {what}:\n{now}"
            time.sleep(_LOOKS)

    def shows(self, words: str, timeout: float = 30) -> Spot:
        """Wait for words; where they are."""
        return self.until(lambda seen: seen.find(words), repr(words), timeout)

    # Keys

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names: ``Enter``, ``F3``, ``Down``."""
        self._tmux("send-keys", "-t", _TARGET, *keys)

    def type(self, text: str) -> None:
        """Type text, letter by letter as it is."""
        self._tmux("send-keys", "-t", _TARGET, "-l", "--", text)

    # Mouse

    def click(self, spot: Spot) -> None:
        """Move there, press and release the left button."""
        self._mouse((_MOVED, spot, "M"), (0, spot, "M"), (0, spot, "m"))

    def click_words(self, words: str, box: Box | None = None, timeout: float = 30) -> None:
        """Wait for words, and click on the first of their cells."""
        self.click(self.until(lambda seen: seen.find(words, box), f"{words!r} to click", timeout))

    def wheel(self, spot: Spot, turns: int) -> None:
        """Turn the wheel over a cell: down when ``turns`` is positive."""
        button = _WHEEL_DOWN if turns > 0 else _WHEEL_UP
        self._mouse(*[(button, spot, "M")] * abs(turns))

    def _mouse(self, *reports: tuple[int, Spot, str]) -> None:
        # A terminal reports what it was asked for: nothing to a program without a mouse.
        assert self._ask("mouse_all_flag") == self._ask("mouse_sgr_flag") == "1"
        data = "".join(
            f"\x1b[<{button};{spot.column + 1};{spot.row + 1}{end}" for button, spot, end in reports
        )
        self._tmux("send-keys", "-t", _TARGET, "-H", *(f"{byte:02x}" for byte in data.encode()))

    # tmux

    def _ask(self, variable: str) -> str:
        return self._tmux("display-message", "-p", "-t", _TARGET, f"#{{{variable}}}").strip()

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._server, *arguments],
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, f"tmux {' '.join(arguments)}: {done.stderr}"
        return done.stdout


@contextmanager
def tmux_screen(env: Mapping[str, str], size: tuple[int, int] = (120, 40)) -> Iterator[TmuxScreen]:
    """A terminal of the test's own; whatever runs there is ended with it.

    Args:
        env: of the programs that will run there.
        size: columns and rows.
    """
    with tempfile.TemporaryDirectory(prefix="pcapra-tmux-") as folder:
        screen = TmuxScreen(Path(folder), env, size)
        try:
            yield screen
        finally:
            screen.close()
