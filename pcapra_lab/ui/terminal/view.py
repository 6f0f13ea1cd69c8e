"""An emulator's screen through Textual's Line API: drawing, scrolling, selecting."""

from collections.abc import Mapping

from textual import events
from textual.geometry import Offset, Region
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from pcapra_lab.terminal import (
    DEFAULT_BACKGROUND,
    DEFAULT_FOREGROUND,
    Cursor,
    Emulator,
    Line,
    Modes,
    MouseTracking,
)
from pcapra_lab.ui.terminal import strips
from pcapra_lab.ui.terminal.messages import TextCopied


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
        background: rgb{DEFAULT_BACKGROUND};
        color: rgb{DEFAULT_FOREGROUND};
    }}
    """

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
        self._banner = ""
        """Said on the last row, in place of the cursor."""

    def _draw(self, *, full: bool = False) -> None:
        """Take a frame and ask Textual to draw the rows that changed; all of them if ``full``."""
        frame = self._emulator.frame(full=full)
        if len(self._lines) != frame.rows:
            self._lines = [Line(())] * frame.rows
            self._strips = [Strip([])] * frame.rows
        self._drop_stale_selection(frame.lines)
        for y, line in frame.lines.items():
            self._lines[y], self._strips[y] = line, strips.strip_of(line)
        dirty = set(frame.lines)
        if frame.cursor != self._cursor:
            dirty |= {self._cursor.y, frame.cursor.y}
        if frame.scrolled != self._scrolled:
            dirty.add(0)
        self._cursor, self._modes, self._scrolled = frame.cursor, frame.modes, frame.scrolled
        if full:
            self.refresh()
        elif dirty:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in dirty))

    def render_line(self, y: int) -> Strip:
        """One row: the emulator's, with selection, cursor and banners over it."""
        width, height = self.size
        strip = self._strips[y] if y < len(self._strips) else Strip([])
        if (selection := self.text_selection) and (span := selection.get_span(y)):
            strip = strips.with_selection(strip, span)
        if self._cursor.visible and self._cursor.y == y and not self._banner:
            strip = strips.with_cursor(strip, self._cursor.x, focused=self.has_focus)
        # Offsets are for Textual's selection, and of segments: given once these are final.
        strip = strip.apply_offsets(0, y).adjust_cell_length(width, strips.BLANK)
        if self._banner and y == height - 1:
            return strips.with_banner(strip, self._banner, strips.BANNER)
        if self._scrolled and y == 0:
            rows = f"{self._scrolled} ligne{'s' if self._scrolled > 1 else ''}"
            text = f" ↑ {rows} · Maj+PgSuiv pour redescendre "
            return strips.with_banner(strip, text, strips.MARKER, right=True)
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

    @property
    def allow_select(self) -> bool:
        """Textual's selection, unless the program has the mouse."""
        return self._modes.mouse is MouseTracking.OFF

    def on_click(self, event: events.Click) -> None:
        """Select a word by a double click, a row by a triple one."""
        event.prevent_default()
        at = event.get_content_offset(self)
        if not self.allow_select or event.chain < 2 or at is None or at.y >= len(self._strips):
            return
        text = self._strips[at.y].text
        span = strips.word_at(text, at.x) if event.chain == 2 else (0, len(text.rstrip()))
        self._select(Selection.from_offsets(*(Offset(x, at.y) for x in span)))
        self._copy()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text: rows wrapped by the terminal are joined again."""
        parts = []
        for y, (line, strip) in enumerate(zip(self._lines, self._strips, strict=True)):
            if (span := selection.get_span(y)) is None:
                continue
            start, end = span
            text = strip.text[start : None if end == -1 else end]
            parts.append(text if line.wrapped and end == -1 else text.rstrip() + "\n")
        return "".join(parts).rstrip("\n"), "\n"

    def _select(self, selection: Selection | None) -> None:
        others = {w: s for w, s in self.screen.selections.items() if w is not self}
        self.screen.selections = others if selection is None else {**others, self: selection}

    def _copy(self) -> None:
        if (selection := self.text_selection) and (found := self.get_selection(selection)):
            text = found[0]
            if text:
                self.app.copy_to_clipboard(text)
                self.post_message(TextCopied(self, text))

    def _drop_stale_selection(self, changed: Mapping[int, Line]) -> None:
        """A selection is of places on the screen: let it go when their text changes."""
        if (selection := self.text_selection) and any(
            selection.get_span(y) is not None and self._lines[y].text != line.text
            for y, line in changed.items()
        ):
            self._select(None)
