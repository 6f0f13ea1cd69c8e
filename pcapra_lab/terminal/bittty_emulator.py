"""The pure-Python core: bittty. A hundred times slower than the default one, and cannot fault.

Known to differ from xterm in 0.3.0: a combining mark takes a cell of its own.
"""

import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from bittty import Board
from bittty.devices.modes import MouseEncoding, MouseProtocol
from bittty.style import Color as BitttyColor
from bittty.style import Style
from bittty.terminals import Terminal
from bittty.terminals.scrollback import MemoryScrollback
from bittty.video import WideHead

from pcapra_lab.terminal.emulator import SCROLLBACK_LINES, clamp
from pcapra_lab.terminal.history import FORGOTTEN, History, Position, Row
from pcapra_lab.terminal.screen import (
    CellStyle,
    Color,
    Cursor,
    Frame,
    Line,
    Modes,
    MouseTracking,
    blanked,
    runs,
)

_CELLS_PER_LINE = 100
"""bittty bounds its scrollback in cells, not in lines."""

_TRACKING = {
    MouseProtocol.NORMAL: MouseTracking.BUTTONS,
    MouseProtocol.BUTTON: MouseTracking.DRAG,
    MouseProtocol.ANY: MouseTracking.MOTION,
}


class _Replies:
    """What bittty calls its host cable: keeps what the terminal answers."""

    closed = False

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: str) -> int:
        self.data += data.encode("utf-8", "replace")
        return len(data)

    def write_bytes(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.data)
        self.data.clear()
        return taken

    def resize(self, rows: int, cols: int) -> None:
        """A program asked for another size. Only the front decides it."""

    def configure_line(self, line: object) -> None:
        """Serial settings: no line has any here."""

    def flush(self) -> None:
        """Nothing is buffered."""


def _color(color: BitttyColor | None) -> Color:
    return None if color is None or color.mode == "default" else color.value


@lru_cache(maxsize=4096)
def _decode_style(style: Style) -> CellStyle:
    return CellStyle(
        foreground=_color(style.fg),
        background=_color(style.bg),
        bold=bool(style.bold),
        dim=bool(style.dim),
        italic=bool(style.italic),
        underline=bool(style.underline),
        blink=bool(style.blink),
        reverse=bool(style.reverse),
        conceal=bool(style.conceal),
        strike=bool(style.strike),
    )


class BitttyEmulator:
    """``Emulator`` by bittty."""

    def __init__(self, columns: int, rows: int, *, scrollback: int = SCROLLBACK_LINES) -> None:
        self._lock = threading.Lock()
        self._size = clamp(columns, rows)
        self._board = Board(width=self._size[0], height=self._size[1])
        self._replies = _Replies()
        self._board.host.attach(self._replies)
        # OSC 52: the guest would read back, as if typed, whatever it had put there.
        del self._board.registry["OSC_CLIPBOARD"]
        self._history = MemoryScrollback(scrollback * _CELLS_PER_LINE)
        self._terminal = Terminal(self._board, self._history)
        self._terminal.attach()
        self._rows = 0
        self._numbering = _Numbering(self._history)

    def feed(self, data: bytes) -> bytes:
        """See ``Emulator.feed``."""
        with self._lock:
            self._board.feed_host_data(data)
            if (self._board.width, self._board.height) != self._size:
                self._board.resize(*self._size)
            return self._replies.take()

    def resize(self, columns: int, rows: int) -> None:
        """See ``Emulator.resize``."""
        with self._lock:
            self._size = clamp(columns, rows)
            self._board.resize(*self._size)
            self._numbering.renumber()

    def scroll(self, lines: int) -> None:
        """See ``Emulator.scroll``."""
        with self._lock:
            if not self._board.blitter.in_alt_screen:
                self._terminal.scroll_view(lines)

    def scroll_to_bottom(self) -> None:
        """See ``Emulator.scroll_to_bottom``."""
        with self._lock:
            self._terminal.scroll_to_bottom()

    def text(self) -> str:
        """See ``Emulator.text``."""
        with self._lock:
            page = self._board.blitter.main_page
            past = [self._history.line(n) for n in range(self._history.first, self._history.end)]
            lines = [line.text.rstrip() for line in past]
            screen = [page.get_line_text(y).rstrip() for y in range(page.height)]
        return "\n".join(lines + screen).rstrip("\n")

    def history(self) -> History:
        """See ``Emulator.history``."""
        with self._lock:
            above = self._above()
            first = self._first() if above else self._top(0)
            rows = range(-above, self._board.height)
            return History(
                first,
                tuple(
                    Row(_text(self._row(y), 0, self._board.width), self._wrapped(y)) for y in rows
                ),
            )

    def between(self, start: Position, end: Position) -> str:
        """See ``Emulator.between``."""
        with self._lock:
            live = self._top(0)
            first, last = start.row - live, end.row - live
            if not -self._above() <= first <= last < self._board.height:
                return ""
            parts = []
            for y in range(first, last + 1):
                x0 = start.x if y == first else 0
                x1 = end.x + 1 if y == last else self._board.width
                whole = y < last and self._wrapped(y)
                text = _text(self._row(y), x0, x1)
                parts.append(text if whole else text.rstrip() + "\n")
        return "".join(parts).rstrip("\n")

    def link_at(self, x: int, y: int) -> str:
        """See ``Emulator.link_at``."""
        with self._lock:
            row = self._terminal.view_rows()[y] if 0 <= y < self._board.height else ()
            return str(row[x][0].hyperlink or "") if 0 <= x < len(row) else ""

    def frame(self, *, full: bool = False) -> Frame:
        """See ``Emulator.frame``."""
        with self._lock:
            scrolled = self._terminal.view_offset()
            rows = self._board.height
            dirty: Sequence[int] = self._terminal.damaged_rows()
            if full or scrolled or rows != self._rows:
                dirty = range(rows)
            self._rows = rows
            view = self._terminal.view_rows()
            lines = {
                y: Line(tuple(runs(_cells(view[y]))), self._wrapped(y - scrolled)) for y in dirty
            }
            cursor = self._board.display.cursor
            return Frame(
                self._board.width,
                rows,
                lines,
                Cursor(*cursor) if cursor and not scrolled else Cursor(0, 0, visible=False),
                self._modes(),
                scrolled,
                self._top(scrolled),
            )

    def _first(self) -> int:
        return self._numbering.first(
            self._board.width, alternate=bool(self._board.blitter.in_alt_screen)
        )

    def _top(self, scrolled: int) -> int:
        """The number of the first row of a view scrolled so much."""
        return self._first() + len(self._history.width(self._board.width)) - scrolled

    def _above(self) -> int:
        """Rows above the live screen that belong to what is shown."""
        alternate = self._board.blitter.in_alt_screen
        return 0 if alternate else len(self._history.width(self._board.width))

    def _row(self, y: int) -> Sequence[tuple[Any, str]]:
        """Cells of a row; ``y`` counts from the top of the live screen."""
        if y >= 0:
            cells: Sequence[tuple[Any, str]] = self._board.display.page.line(y).cells
            return cells
        history = self._history.width(self._board.width)
        past: Sequence[tuple[Any, str]] = history[len(history) + y]
        return past

    def _wrapped(self, row: int) -> bool:
        """Whether a row goes on in the next; ``row`` counts from the top of the live screen."""
        if row >= 0:
            return bool(self._board.display.page.is_line_wrapped(row))
        history = self._history.width(self._board.width)
        here = len(history) + row
        if here + 1 == len(history):
            return False
        return bool(history.line_at(here)[0] == history.line_at(here + 1)[0])

    def _modes(self) -> Modes:
        board = self._board
        return Modes(
            application_cursor=bool(board.modes.cursor_application_mode),
            bracketed_paste=bool(board.modes.bracketed_paste),
            focus_events=bool(board.modes.focus_reporting),
            mouse=_TRACKING.get(board.mouse.protocol, MouseTracking.OFF),
            mouse_sgr=board.mouse.encoding is MouseEncoding.SGR,
            alternate_screen=bool(board.blitter.in_alt_screen),
        )


class _Numbering:
    """Numbers of rows, for a store that numbers lines."""

    def __init__(self, history: MemoryScrollback) -> None:
        self._history = history
        self._number = 0
        self._mark: tuple[int, int] | None = None
        """The newest line of the scrollback and the row it began at."""
        self._seen = (history.first, False)
        self._renumber = False

    def renumber(self) -> None:
        """Rows are laid out anew."""
        self._renumber = True

    def first(self, columns: int, *, alternate: bool) -> int:
        """The number of the oldest row held. To be asked often: rows forgotten are counted."""
        history, rows = self._history, self._history.width(columns)
        seen = (history.first, alternate)
        if self._renumber or alternate != self._seen[1]:
            self._number += FORGOTTEN
        elif self._mark is not None and self._mark[0] >= history.first:
            line, row = self._mark
            self._number += row - rows.row_for(line)
        elif history.first != self._seen[0]:
            self._number += FORGOTTEN
        self._renumber, self._seen = False, seen
        newest = history.end - 1
        self._mark = (newest, rows.row_for(newest)) if newest >= history.first else None
        return self._number


def _text(row: Sequence[tuple[Any, str]], start: int, end: int) -> str:
    """The text of some cells, with the head of a wide character whose tail is the first."""
    if 0 < start < len(row) and not row[start][1]:
        start -= 1
    return blanked("".join(str(text) for _, text in row[start:end]))


def _cells(row: Sequence[tuple[Any, str]]) -> Iterator[tuple[str, int, CellStyle]]:
    for style, text in row:
        if text:
            yield str(text), 2 if isinstance(text, WideHead) else 1, _decode_style(style)
