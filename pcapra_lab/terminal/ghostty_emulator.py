"""The default core: libghostty-vt, Ghostty's terminal as a C library.

Reads the library's *render state*, which copies what changed under the lock and is then read
without it. See ``include/ghostty/vt/render.h`` in https://github.com/ghostty-org/ghostty.
"""

import json
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from pyghostty import Terminal
from pyghostty._ffi import check, ffi, lib, union_fn

from pcapra_lab.terminal.emulator import MAX_COLUMNS, SCROLLBACK_LINES, clamp
from pcapra_lab.terminal.ghostty_history import GhosttyHistory, bound_scrollback
from pcapra_lab.terminal.history import History, Position
from pcapra_lab.terminal.screen import (
    DEFAULT_BACKGROUND,
    DEFAULT_FOREGROUND,
    PLAIN,
    CellStyle,
    Color,
    Cursor,
    Frame,
    Line,
    Modes,
    MouseTracking,
    runs,
)

_MAX_CLUSTER = 16
"""Code points read of one grapheme cluster; the longest emoji sequence has ten."""

# Bit positions inside a cell are not part of the ABI: the library describes its own.
_BITS: Any = json.loads(ffi.string(lib.ghostty_type_json()))["types"]["GhosttyCell"]["bits"]
_TAG, _CONTENT, _STYLE, _WIDE = (
    int(_BITS[name]["lsb"]) for name in ("content_tag", "content", "style_id", "wide")
)
_STYLE_MASK = ((1 << int(_BITS["style_id"]["width"])) - 1) << _STYLE

_TAG_CLUSTER, _TAG_PALETTE, _TAG_RGB = 1, 2, 3
_WIDE_HEAD, _WIDE_TAIL = 1, 2
_DIRTY_FULL = 2

# cffi in ABI mode cannot pass a union by value; a struct of the same layout has the same ABI.
ffi.cdef(
    "typedef struct { GhosttyTerminalScrollViewportTag tag; intptr_t delta; uint64_t padding; }"
    " PcapraScrollViewport;"
)
_scroll_viewport = union_fn(
    "ghostty_terminal_scroll_viewport", "void(*)(GhosttyTerminal, PcapraScrollViewport)"
)


def _color(color: Any) -> Color:
    if color.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(color.value.palette)
    if color.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        rgb = color.value.rgb
        return (rgb.r, rgb.g, rgb.b)
    return None


@lru_cache(maxsize=4096)
def _decode_style(raw: bytes) -> CellStyle:
    style = ffi.from_buffer("GhosttyStyle*", raw)
    return CellStyle(
        foreground=_color(style.fg_color),
        background=_color(style.bg_color),
        bold=bool(style.bold),
        dim=bool(style.faint),
        italic=bool(style.italic),
        underline=bool(style.underline),
        blink=bool(style.blink),
        reverse=bool(style.inverse),
        conceal=bool(style.invisible),
        strike=bool(style.strikethrough),
    )


class GhosttyEmulator:
    """``Emulator`` by libghostty-vt."""

    def __init__(self, columns: int, rows: int, *, scrollback: int = SCROLLBACK_LINES) -> None:
        self._lock = threading.Lock()
        self._terminal = Terminal(
            *clamp(columns, rows),
            scrollback=scrollback,
            fg=DEFAULT_FOREGROUND,
            bg=DEFAULT_BACKGROUND,
        )
        self._replies: list[bytes] = []
        self._terminal.on_reply(self._replies.append)
        bound_scrollback(self._terminal, scrollback, MAX_COLUMNS)
        self._history = GhosttyHistory(self._terminal)
        self._scrolled = False
        self._rows = 0

        self._state = _new("GhosttyRenderState", lib.ghostty_render_state_new)
        self._iterator = _new(
            "GhosttyRenderStateRowIterator", lib.ghostty_render_state_row_iterator_new
        )
        self._cells = _new("GhosttyRenderStateRowCells", lib.ghostty_render_state_row_cells_new)
        # Holds the terminal too, so that it outlives what may point into it.
        weakref.finalize(
            self, _free, self._terminal, self._state[0], self._iterator[0], self._cells[0]
        )
        self._view = ffi.new("GhosttyCellsView*")
        self._u16, self._u32, self._u64 = (ffi.new(f"uint{bits}_t*") for bits in ("16", "32", "64"))
        self._flag = ffi.new("bool*")
        self._cluster = ffi.new("uint32_t[]", _MAX_CLUSTER)
        self._style = ffi.new("GhosttyStyle*", {"size": ffi.sizeof("GhosttyStyle")})
        self._style_bytes = ffi.buffer(self._style)
        self._cursor = ffi.new(
            "GhosttyRenderStateCursor*", {"size": ffi.sizeof("GhosttyRenderStateCursor")}
        )
        self._scrollbar = ffi.new("GhosttyTerminalScrollbar*")

    def feed(self, data: bytes) -> bytes:
        """See ``Emulator.feed``. cffi releases the GIL meanwhile."""
        with self._lock:
            self._terminal.feed(data)
            answer = b"".join(self._replies)
            self._replies.clear()
        return answer

    def resize(self, columns: int, rows: int) -> None:
        """See ``Emulator.resize``."""
        with self._lock:
            self._terminal.resize(*clamp(columns, rows))
            self._history.renumber()

    def scroll(self, lines: int) -> None:
        """See ``Emulator.scroll``."""
        with self._lock:
            self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_DELTA, lines)
            self._scrolled = True

    def scroll_to_bottom(self) -> None:
        """See ``Emulator.scroll_to_bottom``."""
        with self._lock:
            self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_BOTTOM, 0)

    def text(self) -> str:
        """See ``Emulator.text``."""
        with self._lock:
            return str(self._terminal.contents())

    def history(self) -> History:
        """See ``Emulator.history``."""
        with self._lock:
            return self._history.rows()

    def between(self, start: Position, end: Position) -> str:
        """See ``Emulator.between``."""
        with self._lock:
            return self._history.between(start, end)

    def link_at(self, x: int, y: int) -> str:
        """See ``Emulator.link_at``."""
        with self._lock:
            return self._history.link(x, y)

    def frame(self, *, full: bool = False) -> Frame:
        """See ``Emulator.frame``."""
        state = self._state[0]
        with self._lock:
            modes = self._modes()
            scrolled = self._rows_below_view()
            top = self._history.first() + self._history.above_screen() - scrolled
            lib.ghostty_render_state_begin_update(state, self._terminal._t[0])
        lib.ghostty_render_state_end_update(state)

        columns = self._read(lib.GHOSTTY_RENDER_STATE_DATA_COLS, self._u16)
        rows = self._read(lib.GHOSTTY_RENDER_STATE_DATA_ROWS, self._u16)
        dirty = self._read(lib.GHOSTTY_RENDER_STATE_DATA_DIRTY, self._u32)
        cursor = self._read(lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, self._cursor)
        full = full or dirty == _DIRTY_FULL or rows != self._rows
        self._rows = rows
        lines = dict(self._lines(full))
        lib.ghostty_render_state_clean(state)
        return Frame(
            columns,
            rows,
            lines,
            Cursor(cursor.viewport_x, cursor.viewport_y, cursor.visible)
            if cursor.viewport_has_value
            else Cursor(0, 0, visible=False),
            modes,
            scrolled,
            top,
        )

    def _read(self, key: int, into: Any) -> Any:
        lib.ghostty_render_state_get(self._state[0], key, into)
        return into[0]

    def _scroll(self, tag: int, delta: int) -> None:
        _scroll_viewport(self._terminal._t[0], {"tag": tag, "delta": delta})

    def _rows_below_view(self) -> int:
        # Finding the view's place walks the scrollback: only done once the view has moved.
        if not self._scrolled:
            return 0
        bar = self._scrollbar
        lib.ghostty_terminal_get(self._terminal._t[0], lib.GHOSTTY_TERMINAL_DATA_SCROLLBAR, bar)
        below = int(bar.total - bar.offset - bar.len)
        self._scrolled = below > 0
        return below

    def _modes(self) -> Modes:
        mode = self._terminal.mode
        screen = self._terminal.get("active_screen", "GhosttyTerminalScreen")
        return Modes(
            application_cursor=mode(1),
            bracketed_paste=mode(2004),
            focus_events=mode(1004),
            mouse=next(
                (t for t in sorted(MouseTracking, reverse=True) if t and mode(int(t))),
                MouseTracking.OFF,
            ),
            mouse_sgr=mode(1006),
            alternate_screen=screen == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE,
        )

    def _lines(self, full: bool) -> Iterator[tuple[int, Line]]:
        get = lib.ghostty_render_state_row_get
        lib.ghostty_render_state_get(
            self._state[0], lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._iterator
        )
        iterator = self._iterator[0]
        y = 0
        while lib.ghostty_render_state_row_iterator_next(iterator):
            get(iterator, lib.GHOSTTY_RENDER_STATE_ROW_DATA_DIRTY, self._flag)
            if full or self._flag[0]:
                get(iterator, lib.GHOSTTY_RENDER_STATE_ROW_DATA_RAW, self._u64)
                lib.ghostty_row_get(self._u64[0], lib.GHOSTTY_ROW_DATA_WRAP, self._flag)
                wrapped = bool(self._flag[0])
                get(iterator, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, self._view)
                get(iterator, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells)
                yield y, Line(tuple(runs(self._row())), wrapped)
            y += 1

    def _row(self) -> Iterator[tuple[str, int, CellStyle]]:
        style, style_key = PLAIN, 0
        for x, cell in enumerate(ffi.unpack(self._view.ptr, self._view.len)):
            wide = cell >> _WIDE & 3
            if wide == _WIDE_TAIL:
                continue
            tag = cell >> _TAG & 3
            # Erased cells with a background have no text and no style: the colour is the content.
            erased = tag >= _TAG_PALETTE
            key = cell if erased else cell & _STYLE_MASK
            if key != style_key:
                style_key = key
                if erased:
                    style = _background(tag, cell >> _CONTENT)
                else:
                    style = self._style_at(x) if key else PLAIN
            if erased:
                yield " ", 1, style
                continue
            point = cell >> _CONTENT & 0x1FFFFF
            text = self._cluster_at(x) if tag == _TAG_CLUSTER else chr(point) if point else " "
            yield text, 2 if wide == _WIDE_HEAD else 1, style

    def _style_at(self, x: int) -> CellStyle:
        lib.ghostty_render_state_row_cells_select(self._cells[0], x)
        lib.ghostty_render_state_row_cells_get(
            self._cells[0], lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style
        )
        return _decode_style(bytes(self._style_bytes))

    def _cluster_at(self, x: int) -> str:
        cells = self._cells[0]
        lib.ghostty_render_state_row_cells_select(cells, x)
        lib.ghostty_render_state_row_cells_get(
            cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, self._u32
        )
        length = self._u32[0]
        if not 0 < length <= _MAX_CLUSTER:
            return "\N{REPLACEMENT CHARACTER}"
        lib.ghostty_render_state_row_cells_get(
            cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, self._cluster
        )
        return "".join(map(chr, self._cluster[0:length]))


@lru_cache(maxsize=1024)
def _background(tag: int, content: int) -> CellStyle:
    rgb = (content & 0xFF, content >> 8 & 0xFF, content >> 16 & 0xFF)
    return CellStyle(background=rgb if tag == _TAG_RGB else content & 0xFF)


def _new(kind: str, constructor: Callable[[Any, Any], int]) -> Any:
    pointer = ffi.new(f"{kind}*")
    check(constructor(ffi.NULL, pointer), kind)
    return pointer


def _free(terminal: Terminal, state: Any, iterator: Any, cells: Any) -> None:
    lib.ghostty_render_state_row_cells_free(cells)
    lib.ghostty_render_state_row_iterator_free(iterator)
    lib.ghostty_render_state_free(state)
    terminal.close()
