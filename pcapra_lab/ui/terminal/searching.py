"""Searching the scrollback."""

from bisect import bisect_left, bisect_right

from pcapra_lab.terminal import Emulator, Match, find
from pcapra_lab.ui.terminal.searchbar import SearchBar
from pcapra_lab.ui.terminal.selecting import SelectingView


class SearchingView(SelectingView):
    """A view whose history is searched, by a call or by a bar at its bottom."""

    def __init__(
        self, emulator: Emulator, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(emulator, id=id, classes=classes)
        self._matches: tuple[Match, ...] = ()
        self._current: int | None = None

    @property
    def searching(self) -> bool:
        """Whether the search bar is open."""
        return bool(self.query(SearchBar))

    @property
    def current_match(self) -> int | None:
        """Which match is gone to, from 0 for the oldest; None when nothing is found."""
        return self._current

    def search(
        self, text: str, *, backwards: bool = True, again: bool = False
    ) -> tuple[Match, ...]:
        """Mark every place where ``text`` is, and bring one into view.

        Args:
            text: what to look for; a capital letter makes the case count. Empty: marks nothing.
            backwards: go towards the past, round to the present after the oldest match.
            again: leave the match gone to before; else it is kept if it still matches.

        Returns:
            The matches in scrollback and screen, the oldest first; at most the newest 5 000.
        """
        place = self._place()
        self._matches = find(self._emulator.history(), text)
        starts = [(match[0].row, match[0].start) for match in self._matches]
        if backwards:
            index = bisect_left(starts, place) if again else bisect_right(starts, place)
            index -= 1
        else:
            index = bisect_right(starts, place) if again else bisect_left(starts, place)
        self._current = index % len(starts) if starts else None
        self._mark()
        if self._current is not None:
            self._reveal(starts[self._current][0])
        return self._matches

    def clear_search(self) -> None:
        """Mark nothing any more. The view stays where it is."""
        self._matches, self._current = (), None
        self._mark()

    def _place(self) -> tuple[int, int]:
        """Where a search starts from: the match gone to, else the end of what is shown."""
        if self._current is not None:
            piece = self._matches[self._current][0]
            return piece.row, piece.start
        return self._top + len(self._lines), 0

    def _mark(self) -> None:
        self._found = {}
        for index, match in enumerate(self._matches):
            for piece in match:
                self._found.setdefault(piece.row, []).append((piece, index == self._current))
        self.refresh()

    def _reveal(self, row: int) -> None:
        """Scroll so that a row is seen, in the middle if it was not."""
        # The bar is over the last row.
        shown = max(1, len(self._lines) - 1)
        if not self._top <= row < self._top + shown:
            self._scroll_view(row - shown // 2 - self._top)

    # The bar

    def action_search(self) -> None:
        """Open the search bar, or go back to it."""
        if self.searching:
            self.query_one(SearchBar).focus_field()
        else:
            self.mount(SearchBar())

    def action_close_search(self) -> None:
        """Close the search bar and mark nothing any more; the focus comes back here."""
        if self.query("SearchBar:focus-within"):
            self.focus()
        self._drop_bar()

    def _drop_bar(self) -> None:
        self.clear_search()
        self.query(SearchBar).remove()

    def on_search_bar_searched(self, event: SearchBar.Searched) -> None:
        """Search what is typed."""
        event.stop()
        found = self.search(event.text, backwards=event.backwards, again=event.again)
        event.bar.tell(len(found), self._current)

    def on_search_bar_closed(self, event: SearchBar.Closed) -> None:
        """The bar asks to be closed."""
        event.stop()
        self.action_close_search()
