"""What libghostty-vt holds beyond the view: numbered rows, text between cells, links.

See ``include/ghostty/vt/grid_ref_tracked.h``, ``selection.h`` and ``point.h`` in
https://github.com/ghostty-org/ghostty.
"""

import weakref
from typing import Any

from pyghostty import Terminal
from pyghostty._ffi import check, ffi, lib, union_fn
from pyghostty.core import init_sized

from pcapra_lab.terminal.history import FORGOTTEN, History, Position, Row
from pcapra_lab.terminal.screen import blanked

_BYTES_PER_CELL = 16
"""Twice what a cell takes: styles and long grapheme clusters are kept beside the cells."""

_grid_ref = union_fn(
    "ghostty_terminal_grid_ref",
    "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)",
)
_track = union_fn(
    "ghostty_terminal_grid_ref_track",
    "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyTrackedGridRef*)",
)
_track_again = union_fn(
    "ghostty_tracked_grid_ref_set",
    "GhosttyResult(*)(GhosttyTrackedGridRef, GhosttyTerminal, GhosttyPointS)",
)


def bound_scrollback(terminal: Terminal, lines: int, columns: int) -> None:
    """Let the number of lines bound the scrollback, and memory only what is beyond reason.

    The library's own bound in bytes comes first by far: it was seen to keep 900 lines of 80
    cells, and 300 of 200, where 5 000 were asked for.
    """
    check(
        lib.ghostty_terminal_set(
            terminal._t[0],
            lib.GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_BYTES,
            ffi.new("size_t*", lines * columns * _BYTES_PER_CELL),
        ),
        "set scrollback bytes",
    )


class GhosttyHistory:
    """Reads a terminal whose lock the caller holds.

    The library numbers rows from the oldest one held, so that a number changes meaning each time
    one is forgotten. A reference that follows its row tells by how many.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._handle = terminal._t[0]
        self._first = 0
        self._screen: Any = None
        self._mark_y = 0
        self._mark_in_history = False
        self._renumber = False
        self._point = ffi.new("GhosttyPointS*")
        self._found = ffi.new("GhosttyPointCoordinate*")
        self._ref = init_sized("GhosttyGridRef")
        self._row = ffi.new("GhosttyRow*")
        self._flag = ffi.new("bool*")
        self._size = ffi.new("size_t*")
        self._mark = ffi.new("GhosttyTrackedGridRef*")
        self._at(lib.GHOSTTY_POINT_TAG_ACTIVE, 0, 0)
        check(_track(self._handle, self._point[0], self._mark), "track")
        # Holds the terminal too: the reference must be freed before it.
        weakref.finalize(self, _free, terminal, self._mark[0])

    def renumber(self) -> None:
        """Rows are laid out anew: their numbers so far name nothing any more."""
        self._renumber = True

    def first(self) -> int:
        """The number of the oldest row held. To be asked often: rows forgotten are counted."""
        screen = self._terminal.get("active_screen", "GhosttyTerminalScreen")
        y = self._mark_row()
        if self._renumber or y is None or screen != self._screen:
            self._first += FORGOTTEN
        elif self._mark_in_history:
            self._first += self._mark_y - y
        self._renumber, self._screen = False, screen
        self._set_mark()
        return self._first

    def above_screen(self) -> int:
        """Rows held above the live screen."""
        return self._get(lib.GHOSTTY_TERMINAL_DATA_SCROLLBACK_ROWS)

    def _mark_row(self) -> int | None:
        found = lib.ghostty_tracked_grid_ref_point(
            self._mark[0], lib.GHOSTTY_POINT_TAG_SCREEN, self._found
        )
        return None if found else int(self._found.y)

    def _set_mark(self) -> None:
        # On the newest row of the scrollback: rows of the screen are moved by what programs do.
        above = self.above_screen()
        self._mark_in_history = above > 0
        self._mark_y = max(above - 1, 0)
        self._at(lib.GHOSTTY_POINT_TAG_SCREEN, 0, self._mark_y)
        check(_track_again(self._mark[0], self._handle, self._point[0]), "track")

    def rows(self) -> History:
        """See ``Emulator.history``."""
        first, total = self.first(), self._get(lib.GHOSTTY_TERMINAL_DATA_TOTAL_ROWS)
        columns = self._terminal.size[0]
        texts = self._text((0, 0), (columns - 1, total - 1), unwrap=False).split("\n")
        texts += [""] * (total - len(texts))
        rows = (Row(text, self._wrapped(y)) for y, text in enumerate(texts))
        return History(first, tuple(rows))

    def between(self, start: Position, end: Position) -> str:
        """See ``Emulator.between``."""
        first, total = self.first(), self._get(lib.GHOSTTY_TERMINAL_DATA_TOTAL_ROWS)
        if not first <= start.row <= end.row < first + total:
            return ""
        last = self._terminal.size[0] - 1
        return self._text(
            (min(start.x, last), start.row - first), (min(end.x, last), end.row - first)
        )

    def link(self, x: int, y: int) -> str:
        """See ``Emulator.link_at``."""
        columns, rows = self._terminal.size
        within = 0 <= x < columns and 0 <= y < rows
        if not within or not self._at(lib.GHOSTTY_POINT_TAG_VIEWPORT, x, y):
            return ""
        lib.ghostty_grid_ref_hyperlink_uri(self._ref, ffi.NULL, 0, self._size)
        if not (length := self._size[0]):
            return ""
        buffer = ffi.new("uint8_t[]", length)
        lib.ghostty_grid_ref_hyperlink_uri(self._ref, buffer, length, self._size)
        return bytes(ffi.buffer(buffer, self._size[0])).decode("utf-8", "replace")

    def _text(self, start: tuple[int, int], end: tuple[int, int], *, unwrap: bool = True) -> str:
        selection = init_sized("GhosttySelection")
        for place, (x, y) in (("start", start), ("end", end)):
            self._at(lib.GHOSTTY_POINT_TAG_SCREEN, x, y)
            setattr(selection, place, self._ref[0])
        options = init_sized("GhosttyTerminalSelectionFormatOptions")
        options.emit = lib.GHOSTTY_FORMATTER_FORMAT_PLAIN
        options.unwrap, options.trim, options.selection = unwrap, unwrap, selection
        write = lib.ghostty_terminal_selection_format_buf
        write(self._handle, options[0], ffi.NULL, 0, self._size)
        buffer = ffi.new("uint8_t[]", max(self._size[0], 1))
        check(write(self._handle, options[0], buffer, len(buffer), self._size), "selection text")
        # Not strictly: a program can put surrogates into cells.
        return blanked(bytes(ffi.buffer(buffer, self._size[0])).decode("utf-8", "replace"))

    def _wrapped(self, y: int) -> bool:
        self._at(lib.GHOSTTY_POINT_TAG_SCREEN, 0, y)
        lib.ghostty_grid_ref_row(self._ref, self._row)
        lib.ghostty_row_get(self._row[0], lib.GHOSTTY_ROW_DATA_WRAP, self._flag)
        return bool(self._flag[0])

    def _at(self, tag: int, x: int, y: int) -> bool:
        """Point to a cell; whether there is one."""
        point = self._point
        point.tag, point.value.x, point.value.y = tag, x, y
        return not _grid_ref(self._handle, point[0], self._ref)

    def _get(self, key: int) -> int:
        lib.ghostty_terminal_get(self._handle, key, self._size)
        return int(self._size[0])


def _free(_terminal: Terminal, mark: Any) -> None:
    lib.ghostty_tracked_grid_ref_free(mark)
