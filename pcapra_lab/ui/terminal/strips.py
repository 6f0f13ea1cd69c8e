"""Rows of the emulator as Textual strips: glyph widths, cursor, selection, banners."""

import re
from itertools import accumulate

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pcapra_lab.terminal import CellStyle, Line, Run
from pcapra_lab.ui.terminal.palette import rich_style

BLANK = rich_style(CellStyle())
BANNER = rich_style(CellStyle(foreground=15, background=(120, 40, 40), bold=True))
MARKER = rich_style(CellStyle(foreground=0, background=11))
_WORD = re.compile(r"[\w./~:@%+=-]+")
_UNDERLINED = Style(underline=True)


def strip_of(line: Line) -> Strip:
    """A row of the emulator, exactly as wide as its grid."""
    segments = [Segment(fitted(run), rich_style(run.style)) for run in line.runs]
    return Strip(segments, sum(run.width for run in line.runs))


def fitted(run: Run) -> str:
    """The run's text, taking exactly its width by Rich's tables.

    Rich and the emulators measure some emoji sequences differently; one cell too many would
    shift the rest of the row.
    """
    if run.text.isascii() or cell_len(run.text) == run.width:
        return run.text
    if len(run.text) == run.width:
        return "".join(c if cell_len(c) == 1 else "?" for c in run.text)
    head = run.text[0]
    return head if cell_len(head) == run.width else "?" * run.width


def with_cursor(strip: Strip, x: int, *, focused: bool) -> Strip:
    """The row with the cursor on its cell ``x``: a block, or a line when not focused."""
    start = 0
    for segment in strip:
        for character in segment.text:
            width = cell_len(character)
            if start + width > x:
                cell = strip.crop(start, start + width)
                cell = _reversed(cell) if focused else cell.apply_style(_UNDERLINED)
                return _replaced(strip, start, cell)
            start += width
    return strip


def with_selection(strip: Strip, span: tuple[int, int]) -> Strip:
    """The row with characters ``span`` selected; an end of -1 is the end of the row."""
    text = strip.text
    start = cell_len(text[: span[0]])
    end = strip.cell_length if span[1] == -1 else max(start, cell_len(text[: span[1]]))
    return _replaced(strip, start, _reversed(strip.crop(start, end)))


def with_banner(strip: Strip, text: str, style: Style, *, right: bool = False) -> Strip:
    """The row with ``text`` written over it: from the left over its whole width, or at the right.

    Args:
        strip: a row already as wide as the pane.
        text: what to write.
        style: how.
        right: only cover the cells needed, at the end of the row.
    """
    width = strip.cell_length
    banner = Strip([Segment(text, style)])
    if banner.cell_length >= width or not right:
        return banner.adjust_cell_length(width, style)
    return Strip.join([strip.crop(0, width - banner.cell_length), banner])


def word_at(text: str, x: int) -> tuple[int, int]:
    """Start and end, in characters, of the word over cell ``x``. A path is one word."""
    ends = accumulate(map(cell_len, text))
    index = next((i for i, end in enumerate(ends) if end > x), len(text))
    for word in _WORD.finditer(text):
        if word.start() <= index < word.end():
            return word.span()
    return index, min(index + 1, len(text))


def _reversed(strip: Strip) -> Strip:
    """Swap the colours by hand: under Rich's ``reverse`` a cursor in a selection would vanish."""
    return Strip(
        [
            Segment(text, (style or BLANK) + _swapped(style or BLANK))
            for text, style, _control in strip
        ],
        strip.cell_length,
    )


def _swapped(style: Style) -> Style:
    return Style(color=style.bgcolor, bgcolor=style.color)


def _replaced(strip: Strip, start: int, middle: Strip) -> Strip:
    end = start + middle.cell_length
    return Strip.join([strip.crop(0, start), middle, strip.crop(end)])
