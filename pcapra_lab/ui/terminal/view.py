"""An emulator's screen through Textual's Line API: drawing and scrolling."""

import gc
from typing import NamedTuple

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pcapra_lab.i18n import _
from pcapra_lab.terminal import (
    DEFAULT_BACKGROUND,
    DEFAULT_FOREGROUND,
    Cursor,
    Emulator,
    Frame,
    Line,
    Modes,
    Piece,
    Position,
)
from pcapra_lab.ui.terminal import cells, strips
from pcapra_lab.ui.text import count_lines


class Selected(NamedTuple):
    """Cells from one to another, both included, in reading order."""

    start: Position
    end: Position

    def span(self, row: int, line: Line) -> tuple[int, int] | None:
        """The cells selected in a row, end excluded."""
        if not self.start.row <= row <= self.end.row:
            return None
        width = sum(run.width for run in line.runs)
        start = self.start.x if row == self.start.row else 0
        end = self.end.x + 1 if row == self.end.row else width
        return cells.whole(line, start, min(end, width))


class EmulatorView(Widget):
    """What an emulator shows, redrawn row by row.

    Args:
        emulator: what to draw. This view alone takes its frames.
        id: the widget's id.
        classes: its CSS classes.
    """

    DEFAULT_CSS = f"""
    EmulatorView {{
        width: 1fr;
        height: 1fr;
        overflow: hidden;
        background: rgb{DEFAULT_BACKGROUND};
        color: rgb{DEFAULT_FOREGROUND};
    }}
    """
    # Textual's own selection is of places in the widget: it would not follow the history.
    ALLOW_SELECT = False

    def __init__(
        self, emulator: Emulator, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._emulator = emulator
        self._lines: list[Line] = []
        self._strips: list[Strip] = []
        self._cursor = Cursor(0, 0)
        self._modes = Modes()
        self._scrolled = 0
        self._top = 0
        """The number of the first row shown."""
        self._banner = ""
        """Said on the last row, in place of the cursor."""
        self._selection: Selected | None = None
        self._found: dict[int, list[tuple[Piece, bool]]] = {}
        """What a search found, by row, and whether it is the one gone to."""

    def on_mount(self) -> None:
        """Set apart, once, what the app is made of, which lives as long as it does.

        Looking through it again and again for garbage stops the screen. Measured while 30 MB
        scrolled by, longest frame gap of three runs: 47 to 138 ms before, 47 to 51 ms so.
        """
        if not gc.get_freeze_count():
            gc.collect()
            gc.freeze()

    def _draw(self, *, full: bool = False) -> Frame:
        """Take a frame and ask Textual to draw the rows that changed; all of them if ``full``."""
        frame = self._emulator.frame(full=full)
        if len(self._lines) != frame.rows:
            self._lines = [Line(())] * frame.rows
            self._strips = [Strip([])] * frame.rows
        for y, line in frame.lines.items():
            self._lines[y], self._strips[y] = line, strips.strip_of(line)
        dirty = set(frame.lines)
        if frame.cursor != self._cursor:
            dirty |= {self._cursor.y, frame.cursor.y}
        if frame.scrolled != self._scrolled:
            dirty.add(0)
        # What is over the text stays with it, and so moves on the screen.
        full = full or (frame.top != self._top and bool(self._selection or self._found))
        self._cursor, self._modes = frame.cursor, frame.modes
        self._scrolled, self._top = frame.scrolled, frame.top
        if full:
            self.refresh()
        elif dirty:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in dirty))
        return frame

    def render_line(self, y: int) -> Strip:
        """One row: the emulator's, with matches, selection, cursor and banners over it."""
        width, height = self.size
        strip = self._strips[y] if y < len(self._strips) else Strip([])
        if y < len(self._lines):
            strip = self._marked(strip, self._lines[y], self._top + y)
        if self._cursor.visible and self._cursor.y == y and not self._banner:
            strip = strips.with_cursor(strip, self._cursor.x, focused=self.has_focus)
        strip = strip.adjust_cell_length(width, strips.BLANK)
        if self._banner and y == height - 1:
            return strips.with_banner(strip, self._banner, strips.BANNER)
        if self._scrolled and y == 0:
            rows = count_lines(self._scrolled)
            text = _(" ↑ {rows} · Maj+PgSuiv pour redescendre ").format(rows=rows)
            return strips.with_banner(strip, text, strips.MARKER, right=True)
        return strip

    def _marked(self, strip: Strip, line: Line, row: int) -> Strip:
        for piece, current in self._found.get(row, ()):
            # Output may have written over what was found.
            if line.text[piece.start : piece.end] == piece.text:
                span = cells.cells_of(line, piece.start, piece.end)
                strip = strips.with_match(strip, span, current=current)
        if self._selection and (span_selected := self._selection.span(row, line)):
            strip = strips.with_selection(strip, span_selected)
        return strip

    def _scroll_view(self, lines: int | None) -> None:
        """Scroll by some lines; to the live screen if None."""
        if lines is None:
            if not self._scrolled:
                return
            self._emulator.scroll_to_bottom()
        else:
            self._emulator.scroll(lines)
        self._draw(full=True)
