import pytest
from rich.cells import cell_len
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style

from pcapra_lab.terminal import DEFAULT_BACKGROUND, CellStyle, Line, Run
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
from pcapra_lab.ui.terminal import strips
from pcapra_lab.ui.terminal.palette import ANSI_COLORS, Rgb, rgb, rich_style


def luminance(color: Rgb) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("index", range(1, 16))
def test_ansi_colours_are_legible(index: int) -> None:
    light, dark = luminance(ANSI_COLORS[index]), luminance(DEFAULT_BACKGROUND)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_blue_is_blue() -> None:
    red, green, blue = rgb(4)
    assert blue > green > red


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (16, (0, 0, 0)),
        (208, (255, 135, 0)),
        (231, (255, 255, 255)),
        (232, (8, 8, 8)),
        (255, (238, 238, 238)),
    ],
)
def test_the_colour_cube_is_xterms(index: int, expected: Rgb) -> None:
    assert rgb(index) == expected


def test_styles_carry_both_colours_and_are_reversed_by_hand() -> None:
    style = rich_style(CellStyle(foreground=(1, 2, 3), reverse=True, bold=True))
    assert style.bgcolor == Color.from_triplet(ColorTriplet(1, 2, 3))
    assert style.color == Color.from_triplet(ColorTriplet(*DEFAULT_BACKGROUND))
    assert style.bold
    assert not style.reverse


@pytest.mark.parametrize(
    "text",
    [
        "é",
        "漢字",
        "e\u0301",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f",
        "🇫🇷",
        "\u200b",
        "1\ufe0f\u20e3",
        "ﷺ",
        "┌─┐",
    ],
)
def test_a_row_is_always_as_wide_as_the_grid(text: str) -> None:
    emulator = GhosttyEmulator(40, 10)
    emulator.feed(f"a{text}b".encode())
    strip = strips.strip_of(emulator.frame().lines[0])
    assert cell_len(strip.text) == strip.cell_length == 40
    assert "b" in strip.text


def test_the_cursor_covers_a_wide_glyph() -> None:
    line = Line((Run("a", 1), Run("漢", 2), Run("b", 1)))
    strip = strips.with_cursor(strips.strip_of(line), 1, focused=True)
    [cursor] = [s for s in strip if s.style and s.style.color == strips.BLANK.bgcolor]
    assert cursor.text == "漢"
    assert strip.cell_length == 4


def test_a_selected_cursor_differs_from_its_neighbours() -> None:
    strip = strips.strip_of(Line((Run("abc", 3),)))
    both = strips.with_cursor(strips.with_selection(strip, (0, 3)), 1, focused=True)
    colors = [(s.text, s.style.bgcolor) for s in both if s.style]
    assert [text for text, _ in colors] == ["a", "b", "c"]
    assert colors[0][1] == colors[2][1] != colors[1][1]


def test_a_match_is_told_by_more_than_its_colour() -> None:
    strip = strips.strip_of(Line((Run("a", 1), Run("漢", 2), Run("bc", 2))))
    for current in (False, True):
        found = strips.with_match(strip, (1, 4), current=current)
        [segment] = [s for s in found if s.style in (strips.FOUND, strips.CURRENT)]
        assert segment.text == "漢b"
        assert segment.style is not None
        assert bool(segment.style.underline) is current
        assert found.cell_length == 5


def test_banners_fill_or_stay_right() -> None:
    strip = strips.strip_of(Line((Run("abcdef", 6),)))
    assert strips.with_banner(strip, "xy", Style(), right=True).text == "abcdxy"
    assert strips.with_banner(strip, "xy", Style()).text == "xy    "
    assert strips.with_banner(strip, "longue banderole", Style(), right=True).text == "longue"
