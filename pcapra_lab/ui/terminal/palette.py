"""Colours of the terminal pane, as true colours.

Textual paints ANSI colours through its ``ansi_theme``, whose default shows blue as purple (mc,
dialog and ``ls`` look wrong). The pane gives it true colours instead, whatever the app's theme,
over a background of its own: contrast is known. Colours 1 to 15 reach 4.5:1 on that background
(WCAG 2.2, 1.4.3); a test holds it.
"""

from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style

from pcapra_lab.terminal import DEFAULT_BACKGROUND, DEFAULT_FOREGROUND, CellStyle, Color

Rgb = tuple[int, int, int]

ANSI_COLORS: tuple[Rgb, ...] = (
    (0, 0, 0),
    (240, 82, 79),
    (35, 190, 110),
    (214, 186, 66),
    (79, 148, 236),
    (201, 112, 219),
    (41, 184, 219),
    (214, 214, 214),
    (128, 134, 142),
    (255, 117, 112),
    (96, 220, 150),
    (245, 222, 110),
    (123, 178, 255),
    (226, 150, 240),
    (110, 216, 242),
    (255, 255, 255),
)
"""Black, red, green, yellow, blue, magenta, cyan, white; then their bright variants."""

_CUBE_LEVELS = (0, 95, 135, 175, 215, 255)
"""xterm's colour cube (256colres.pl)."""


def rgb(color: int) -> Rgb:
    """The true colour of a palette index, from 0 to 255, as xterm computes it from 16 on."""
    if color < 16:
        return ANSI_COLORS[color]
    if color < 232:
        red, green, blue = (color - 16) // 36, (color - 16) // 6 % 6, (color - 16) % 6
        return _CUBE_LEVELS[red], _CUBE_LEVELS[green], _CUBE_LEVELS[blue]
    level = 8 + 10 * (color - 232)
    return level, level, level


def _rich_color(color: Color, default: Rgb) -> RichColor:
    if color is None:
        return RichColor.from_rgb(*default)
    return RichColor.from_rgb(*(rgb(color) if isinstance(color, int) else color))


@lru_cache(maxsize=4096)
def rich_style(style: CellStyle) -> Style:
    """A cell's style for Rich. Both colours are always set, so that reversing works."""
    foreground = _rich_color(style.foreground, DEFAULT_FOREGROUND)
    background = _rich_color(style.background, DEFAULT_BACKGROUND)
    if style.reverse:
        foreground, background = background, foreground
    return Style(
        color=background if style.conceal else foreground,
        bgcolor=background,
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        blink=style.blink or None,
        strike=style.strike or None,
    )
