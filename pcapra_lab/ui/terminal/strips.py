"""Rows of the emulator as Textual strips: glyph widths, cursor, selection, banners."""

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pcapra_lab.terminal import CellStyle, Line, Run
from pcapra_lab.ui.terminal.palette import rich_style

BLANK = rich_style(CellStyle())
BANNER = rich_style(CellStyle(foreground=15, background=(120, 40, 40), bold=True))
MARKER = rich_style(CellStyle(foreground=0, background=11))
FOUND = rich_style(CellStyle(foreground=0, background=(196, 176, 96)))
CURRENT = rich_style(CellStyle(foreground=0, background=(255, 170, 40), bold=True, underline=True))
"""Bold and underlined, so that the colour is not alone to tell it."""

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
    """The row with cells ``span`` selected, end excluded."""
    return _replaced(strip, span[0], _reversed(strip.crop(*span)))


def with_match(strip: Strip, span: tuple[int, int], *, current: bool) -> Strip:
    """The row with what was found in cells ``span``, end excluded."""
    found = Strip([Segment(strip.crop(*span).text, CURRENT if current else FOUND)])
    return _replaced(strip, span[0], found)


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
