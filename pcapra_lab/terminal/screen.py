"""What an emulator shows: rows of styled text, a cursor, and the modes a program has set."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

Rgb = tuple[int, int, int]

Color = int | Rgb | None
"""A palette index (0 to 255), red-green-blue (0 to 255 each), or None for the default."""

DEFAULT_FOREGROUND: Rgb = (230, 230, 230)
DEFAULT_BACKGROUND: Rgb = (16, 20, 24)
"""Also the answer to OSC 10 and 11: vim chooses its dark or light colours by it."""

# C0, DEL and C1 would be obeyed by the outer terminal; bidirectional controls would reorder the
# cells around them. A core may keep either as the content of a cell.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\N{ARABIC LETTER MARK}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell is drawn (SGR). ``reverse`` is left to whoever draws."""

    foreground: Color = None
    background: Color = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    blink: bool = False
    reverse: bool = False
    conceal: bool = False
    strike: bool = False


PLAIN = CellStyle()


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring cells of one style.

    Either every cell holds one code point one cell wide (``len(text) == width``), or the run is
    one glyph: a wide character or a grapheme cluster. A front can thus check a glyph's width
    against its own tables without knowing where the glyphs begin.
    """

    text: str
    width: int
    """Cells taken, as the emulator counts them."""
    style: CellStyle = PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the screen, over its whole width."""

    runs: tuple[Run, ...]
    wrapped: bool = False
    """The line goes on in the next row: no line break when copied."""

    @property
    def text(self) -> str:
        """The row's characters, trailing blanks included."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor's cell, from 0 at the top left of what is shown."""

    x: int
    y: int
    visible: bool = True
    """False when the program hid it (DECTCEM) or when the view is scrolled away from it."""


class MouseTracking(IntEnum):
    """What the program asked to be told of the mouse (DECSET number)."""

    OFF = 0
    BUTTONS = 1000
    DRAG = 1002
    MOTION = 1003


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes that change what a front sends.

    Numbers are those of DECSET in xterm's control sequences
    (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
    """

    application_cursor: bool = False
    """DECCKM, 1."""
    bracketed_paste: bool = False
    """2004."""
    focus_events: bool = False
    """1004."""
    mouse: MouseTracking = MouseTracking.OFF
    """1000, 1002 or 1003."""
    mouse_sgr: bool = False
    """1006."""
    alternate_screen: bool = False
    """1049 (or 47, 1047): a full-screen program, without scrollback."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What changed on the screen since the frame before."""

    columns: int
    rows: int
    lines: Mapping[int, Line]
    """The rows to draw again, by number from the top."""
    cursor: Cursor
    modes: Modes
    scrolled: int = 0
    """Rows between the view and the live screen; 0 when the live screen is shown."""
    top: int = 0
    """The number of the first row shown (see ``Position``)."""


def runs(cells: Iterable[tuple[str, int, CellStyle]]) -> Iterator[Run]:
    """Group cells into runs, and blank what must never reach the outer terminal.

    Args:
        cells: for each glyph its text, its width in cells (1 or 2) and its style.
    """
    held: list[str] = []
    current = PLAIN
    for text, width, style in cells:
        simple = width == 1 and len(text) == 1
        if held and not (simple and (style is current or style == current)):
            yield _simple(held, current)
            held = []
        if simple:
            held.append(text)
            current = style
        else:
            # A joiner left at the end would merge this glyph with the next one.
            glyph = _UNSAFE.sub("", text).rstrip("\N{ZERO WIDTH JOINER}")
            yield Run(glyph, width, style) if glyph else Run(" " * width, width, style)
    if held:
        yield _simple(held, current)


def blanked(text: str) -> str:
    """The text of rows, with a blank in place of what must never reach another terminal."""
    return "\n".join(_UNSAFE.sub(" ", row) for row in text.split("\n"))


def _simple(characters: list[str], style: CellStyle) -> Run:
    text = "".join(characters)
    return Run(_UNSAFE.sub(" ", text), len(text), style)
