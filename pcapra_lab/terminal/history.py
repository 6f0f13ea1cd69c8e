"""The rows a terminal holds, scrollback and screen, and what is found in them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

FORGOTTEN = 1 << 32
"""Added to row numbers when the rows before cannot be told from those after."""


MOST_MATCHES = 5_000
"""A letter is a million times in a full scrollback: nobody goes through that, and it is slow."""


class Position(NamedTuple):
    """A cell, by the number of its row and its column, from 0.

    Rows are numbered from the first one the terminal ever held, those forgotten included: a
    number names one row for as long as it is held. A resize or a change of screen renumbers all,
    with numbers never used before.
    """

    row: int
    x: int


@dataclass(frozen=True, slots=True)
class Row:
    """The text of one row."""

    text: str
    """Blanks that nothing was written to may be missing at the end."""
    wrapped: bool = False
    """Its line goes on in the next row."""


@dataclass(frozen=True, slots=True)
class History:
    """Every row held, the oldest first."""

    first: int
    """The oldest row's number."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a match that lies in one row, in characters of its text."""

    row: int
    start: int
    text: str

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.text)


Match = tuple[Piece, ...]
"""What was found, in one piece a row: more than one when its line is wrapped."""


def find(history: History, text: str) -> tuple[Match, ...]:
    """The places where ``text`` is, the oldest first; lines wrapped by the terminal are joined.

    Case counts only when ``text`` has a capital letter, as with vim's ``smartcase``. Of more than
    ``MOST_MATCHES``, the newest are given.
    """
    if not text:
        return ()
    flags = re.IGNORECASE if text == text.lower() else 0
    pattern = re.compile(re.escape(text), flags)
    newest_first: list[Match] = []
    for line in reversed(list(_lines(history))):
        found = pattern.finditer("".join(row for _, row in line))
        newest_first += reversed([tuple(_pieces(line, m.start(), m.end())) for m in found])
        if len(newest_first) >= MOST_MATCHES:
            break
    return tuple(reversed(newest_first[:MOST_MATCHES]))


def _lines(history: History) -> Iterator[list[tuple[int, str]]]:
    """Rows with their numbers, grouped by line."""
    line: list[tuple[int, str]] = []
    for number, row in enumerate(history.rows, history.first):
        line.append((number, row.text))
        if not row.wrapped:
            yield line
            line = []
    if line:
        yield line


def _pieces(line: Iterable[tuple[int, str]], start: int, end: int) -> Iterator[Piece]:
    before = 0
    for number, text in line:
        first, last = max(start - before, 0), min(end - before, len(text))
        if first < last:
            yield Piece(number, first, text[first:last])
        before += len(text)
