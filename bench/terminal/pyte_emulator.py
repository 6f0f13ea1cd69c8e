"""pyte behind our protocol, so that the same widget runs on it. For the benchmark only.

pyte's plain screen: its variant with a scrollback is two to three times slower.
"""

import threading
from itertools import groupby
from typing import Any

import pyte

from pcapra_lab.terminal import CellStyle, Color, Cursor, Frame, History, Line, Modes, Position, Run

_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_INDEX = {name: n for n, name in enumerate(_NAMES)} | {
    f"bright{name}": n + 8 for n, name in enumerate(_NAMES)
}


class PyteEmulator:
    """As much of ``Emulator`` as the benchmark needs."""

    def __init__(self, columns: int, rows: int) -> None:
        self._lock = threading.Lock()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: bytes) -> bytes:
        """See ``Emulator.feed``."""
        with self._lock:
            self._stream.feed(data)
        return b""

    def resize(self, columns: int, rows: int) -> None:
        """See ``Emulator.resize``."""
        with self._lock:
            self._screen.resize(rows, columns)
            self._screen.dirty.update(range(rows))

    def scroll(self, lines: int) -> None:
        """There is no scrollback."""

    def scroll_to_bottom(self) -> None:
        """There is no scrollback."""

    def frame(self, *, full: bool = False) -> Frame:
        """See ``Emulator.frame``."""
        with self._lock:
            screen = self._screen
            wanted = range(screen.lines) if full else sorted(screen.dirty)
            lines = {y: self._line(y) for y in wanted if y < screen.lines}
            screen.dirty.clear()
            cursor = Cursor(min(screen.cursor.x, screen.columns - 1), screen.cursor.y)
            return Frame(screen.columns, screen.lines, lines, cursor, Modes(), 0, 0)

    def text(self) -> str:
        """See ``Emulator.text``."""
        with self._lock:
            return "\n".join(row.rstrip() for row in self._screen.display)

    def history(self) -> History:
        """There is none."""
        return History(0, ())

    def between(self, start: Position, end: Position) -> str:
        """Nothing is selected here."""
        return ""

    def link_at(self, x: int, y: int) -> str:
        """There are no links."""
        return ""

    def _line(self, y: int) -> Line:
        row = self._screen.buffer[y]
        cells = [row[x] for x in range(self._screen.columns)]
        runs = []
        for _, same in groupby(cells, lambda cell: cell[1:]):
            group = list(same)
            text = "".join(cell.data for cell in group)
            runs.append(Run(text, len(group), _style(group[0])))
        return Line(tuple(runs))


def _style(cell: Any) -> CellStyle:
    return CellStyle(_color(cell.fg), _color(cell.bg), bold=cell.bold, reverse=cell.reverse)


def _color(name: str) -> Color:
    if name == "default":
        return None
    if name in _INDEX:
        return _INDEX[name]
    return (int(name[0:2], 16), int(name[2:4], 16), int(name[4:6], 16))
