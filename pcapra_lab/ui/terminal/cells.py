"""Glyphs and cells of the emulator's rows: the two ways to count along a row."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pcapra_lab.terminal import Line, Position

_WORD = re.compile(r"[\w./~:@%+=-]+")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"'`{}|\\^\[\]]+")
_TAIL = ".,;:!?»…'\""
_SCHEMES = ("http://", "https://", "ftp://", "mailto:")


class Glyph(NamedTuple):
    """One character, or one grapheme cluster, and the cells it takes."""

    text: str
    x: int
    width: int


def glyphs(line: Line) -> Iterator[Glyph]:
    """The glyphs of a row, from the left."""
    x = 0
    for run in line.runs:
        if len(run.text) == run.width:
            for offset, character in enumerate(run.text):
                yield Glyph(character, x + offset, 1)
        else:
            yield Glyph(run.text, x, run.width)
        x += run.width


def cells_of(line: Line, start: int, end: int) -> tuple[int, int]:
    """The cells, end excluded, that characters ``start`` to ``end`` of the row take."""
    before, first, last = 0, -1, 0
    for glyph in glyphs(line):
        after = before + len(glyph.text)
        if before < end and after > start:
            first = glyph.x if first < 0 else first
            last = glyph.x + glyph.width
        before = after
    return max(first, 0), last


def whole(line: Line, start: int, end: int) -> tuple[int, int]:
    """Cells ``start`` to ``end``, widened so as to cut no glyph."""
    for glyph in glyphs(line):
        after = glyph.x + glyph.width
        if glyph.x < start < after:
            start = glyph.x
        if glyph.x < end < after:
            end = after
    return start, end


class Paragraph:
    """The rows in view of one line of text, that the terminal wrapped.

    Args:
        lines: the rows in view.
        y: which of them is meant.
        top: the number of the first one.
    """

    def __init__(self, lines: Sequence[Line], y: int, top: int) -> None:
        first, last = y, y
        while first > 0 and lines[first - 1].wrapped:
            first -= 1
        while last + 1 < len(lines) and lines[last].wrapped:
            last += 1
        self._places = [
            (character, Position(top + row, glyph.x), glyph.width)
            for row in range(first, last + 1)
            for glyph in glyphs(lines[row])
            for character in glyph.text
        ]
        self.text = "".join(character for character, _, _ in self._places).rstrip()

    def word(self, at: Position) -> tuple[Position, Position] | None:
        """First and last cell of the word there; of the one character, between words."""
        index = self._index(at)
        if index is None or index >= len(self.text):
            return None
        for word in _WORD.finditer(self.text):
            if word.start() <= index < word.end():
                return self._cells(word.start(), word.end())
        return self._cells(index, index + 1)

    def all(self) -> tuple[Position, Position] | None:
        """First and last cell with text."""
        return self._cells(0, len(self.text)) if self.text else None

    def url(self, at: Position) -> str:
        """The address written there, if any, without the punctuation that follows it."""
        index = self._index(at)
        for found in _URL.finditer(self.text):
            url = found.group().rstrip(_TAIL)
            while url.endswith(")") and url.count(")") > url.count("("):
                url = url[:-1].rstrip(_TAIL)
            if index is not None and found.start() <= index < found.start() + len(url):
                return url
        return ""

    def _index(self, at: Position) -> int | None:
        for index, (_, place, width) in enumerate(self._places):
            if place.row == at.row and place.x <= at.x < place.x + width:
                return index
        return None

    def _cells(self, start: int, end: int) -> tuple[Position, Position]:
        (_, first, _), (_, last, width) = self._places[start], self._places[end - 1]
        return first, Position(last.row, last.x + width - 1)


def safe_url(address: str) -> str:
    """The address if it may be offered to a person, else nothing.

    A guest may give any: only those a browser or a mail program opens without touching the host's
    files, and that hide nothing when shown.
    """
    plain = address.isascii() and address.isprintable() and " " not in address
    return address if plain and address.lower().startswith(_SCHEMES) else ""
