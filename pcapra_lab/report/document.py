"""A report as data. Texts are plain, of whatever origin: renderers escape all of them.

In a text, only code between backticks is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Tone(StrEnum):
    """What a word means for the reader. Its text says so too: colour never tells alone."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know before reading on: a limit of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Things in no order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head. A row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, head: tuple[str, ...], rows: list[tuple[str | Cell, ...]]) -> Table:
        """A table, plain texts taken as cells.

        Raises:
            ValueError: a row has more or fewer cells than the head.
        """
        if any(len(row) != len(head) for row in rows):
            raise ValueError(f"every row needs {len(head)} cells")
        return cls(
            head,
            tuple(tuple(x if isinstance(x, Cell) else Cell(x) for x in row) for row in rows),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels, each with its text: a table without a head."""

    rows: tuple[tuple[str, Cell], ...]

    @classmethod
    def of(cls, rows: list[tuple[str, str | Cell]]) -> Facts:
        """Facts, plain texts taken as cells."""
        return cls(tuple((label, x if isinstance(x, Cell) else Cell(x)) for label, x in rows))


@dataclass(frozen=True, slots=True)
class Code:
    """Commands or a file, exactly."""

    text: str
    language: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture. It is ours, not a stranger's: it is put into the HTML as it is."""

    name: str
    """Its file beside the Markdown: ``ruban-1.svg``."""
    svg: str
    """An ``<svg>`` element."""
    caption: str
    told: tuple[str, ...]
    """What it shows, in words."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; parts of it among its blocks are one level down."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


Block = Paragraph | Note | Bullets | Table | Facts | Code | Figure | Section


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    language: str
    """``fr`` or ``en``."""
    head: Facts
    sections: tuple[Section, ...] = field(default=())

    def figures(self) -> tuple[Figure, ...]:
        """Every picture, in order."""
        found: list[Figure] = []

        def walk(blocks: tuple[Block, ...]) -> None:
            for block in blocks:
                if isinstance(block, Figure):
                    found.append(block)
                elif isinstance(block, Section):
                    walk(block.blocks)

        walk(self.sections)
        return tuple(found)
