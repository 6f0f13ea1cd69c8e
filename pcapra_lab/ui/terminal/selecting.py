"""Selecting with the mouse, copying, and links."""

from collections.abc import Callable

from textual import events
from textual.geometry import Offset
from textual.timer import Timer

from pcapra_lab.terminal import (
    MOST_COPIED,
    CopyReader,
    Emulator,
    Frame,
    Latest,
    MouseTracking,
    Position,
)
from pcapra_lab.ui.terminal.cells import Paragraph, safe_url
from pcapra_lab.ui.terminal.messages import CopyArrived, CopyRefused, LinkClicked, TextCopied
from pcapra_lab.ui.terminal.view import EmulatorView, Selected

_EDGE_SECONDS = 1 / 20
_LEFT = 1
"""Textual's number of the left button."""


class SelectingView(EmulatorView):
    """A view whose text is selected with the mouse, and copied as soon as it is.

    A selection is of rows of the history: it is kept while the view scrolls and output arrives,
    and dropped when its text changes.
    """

    def __init__(
        self, emulator: Emulator, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(emulator, id=id, classes=classes)
        self._anchor: Position | None = None
        """Where a drag began, while it lasts."""
        self._drag_at = Offset()
        self._edge_timer: Timer | None = None
        self._selected_text = ""
        self._to_copy = Latest()

    @property
    def selected_text(self) -> str:
        """The text selected; empty without a selection."""
        return self._selected_text

    def _for_program(self, event: events.MouseEvent) -> bool:
        """Whether the program asked for the mouse; Shift takes it back, as in xterm."""
        return self._modes.mouse is not MouseTracking.OFF and not event.shift

    # Dragging

    def _begin_drag(self, event: events.MouseDown) -> bool:
        """Start selecting; whether this press does."""
        if event.button != _LEFT or not self._lines:
            return False
        self._select(None)
        self._drag_at = event.get_content_offset_capture(self)
        self._anchor = self._position(self._drag_at)
        self.capture_mouse()
        return True

    def _drag(self, event: events.MouseMove) -> None:
        """Extend to the mouse; beyond the pane's edge, scroll for as long as it stays there."""
        self._drag_at = event.get_content_offset_capture(self)
        self._extend()
        outside = not 0 <= self._drag_at.y < self.size.height
        if outside and self._edge_timer is None and not self._modes.alternate_screen:
            self._edge_timer = self.set_interval(_EDGE_SECONDS, self._drag_beyond)
        elif not outside:
            self._stop_edge()

    def _drag_beyond(self) -> None:
        self._scroll_view(-1 if self._drag_at.y < 0 else 1)
        self._extend()

    def _extend(self) -> None:
        if self._anchor is not None:
            here = self._position(self._drag_at)
            if self._selection is not None or here != self._anchor:
                self._selection = Selected(*sorted((self._anchor, here)))
                self.refresh()

    def _end_drag(self) -> None:
        """Copy what was selected."""
        self._anchor = None
        self._stop_edge()
        self.release_mouse()
        if self._selection is not None:
            self._select(self._selection)
            self._copy()

    def _stop_edge(self) -> None:
        if self._edge_timer is not None:
            self._edge_timer.stop()
            self._edge_timer = None

    def _position(self, at: Offset) -> Position:
        """The cell of the emulator nearest to a place."""
        y = min(max(at.y, 0), min(self.size.height, len(self._lines)) - 1)
        width = sum(run.width for run in self._lines[y].runs)
        return Position(self._top + y, min(max(at.x, 0), max(width - 1, 0)))

    # Clicking

    def on_click(self, event: events.Click) -> None:
        """Select a word by a double click, a line by a triple one; tell a link with Ctrl held."""
        event.prevent_default()
        at = event.get_content_offset(self)
        if self._for_program(event) or event.button != _LEFT or at is None:
            return
        if at.y >= len(self._lines):
            return
        place = self._position(at)
        paragraph = Paragraph(self._lines, at.y, self._top)
        if event.ctrl:
            given = self._emulator.link_at(place.x, at.y)
            if url := safe_url(given or paragraph.url(place)):
                self.post_message(LinkClicked(self, url))
        elif event.chain > 1:
            found = paragraph.word(place) if event.chain == 2 else paragraph.all()
            self._select(Selected(*found) if found else None)
            self._copy()

    # What programs copy

    def _copier(self) -> Callable[[bytes], None]:
        """What the reader thread calls with all that one shell says."""
        reader = CopyReader()

        def hear(data: bytes) -> None:
            text = reader.feed(data)
            if text and self._to_copy.put(text):
                self.post_message(CopyArrived())

        return hear

    def on_terminal_pane_copy_arrived(self) -> None:
        """Copy what a program asked for, if it is the one in use, and tell."""
        text = self._to_copy.take()
        if self.has_focus:
            self.app.copy_to_clipboard(text)
            self.post_message(TextCopied(self, text, by_program=True))

    # The selection

    def _select(self, selection: Selected | None) -> None:
        self._selection = selection
        self._selected_text = self._emulator.between(*selection) if selection else ""
        self.refresh()

    def _copy(self) -> None:
        if len(self._selected_text.encode()) > MOST_COPIED:
            self.post_message(CopyRefused(self))
        elif text := self._selected_text:
            self.app.copy_to_clipboard(text)
            self.post_message(TextCopied(self, text))

    def _draw(self, *, full: bool = False) -> Frame:
        top = self._top
        frame = super()._draw(full=full)
        selection = self._selection
        if selection and self._anchor is None:
            # When the view moved, rows may have been forgotten or numbered anew.
            doubtful = frame.top != top or any(
                selection.start.row <= frame.top + y <= selection.end.row for y in frame.lines
            )
            if doubtful and self._emulator.between(*selection) != self._selected_text:
                self._select(None)
        return frame
