import pytest

from pcapra_lab.terminal import Line, Position, Run
from pcapra_lab.ui.terminal.cells import Paragraph, cells_of, safe_url, whole
from pcapra_lab.ui.terminal.view import Selected

WIDE = Line((Run("a", 1), Run("漢", 2), Run("e\u0301", 1), Run("bc", 2)))


@pytest.mark.parametrize(
    ("start", "end", "cells"),
    [
        (0, 1, (0, 1)),
        (1, 2, (1, 3)),
        (2, 4, (3, 4)),
        (4, 6, (4, 6)),
        (0, 6, (0, 6)),
        (9, 9, (0, 0)),
    ],
)
def test_characters_are_counted_in_cells(start: int, end: int, cells: tuple[int, int]) -> None:
    assert cells_of(WIDE, start, end) == cells


@pytest.mark.parametrize(
    ("cells", "widened"), [((2, 3), (1, 3)), ((0, 2), (0, 3)), ((1, 3), (1, 3)), ((3, 5), (3, 5))]
)
def test_no_glyph_is_cut(cells: tuple[int, int], widened: tuple[int, int]) -> None:
    assert whole(WIDE, *cells) == widened


def test_a_selection_spans_its_rows() -> None:
    selection = Selected(Position(3, 2), Position(5, 0))
    spans = [selection.span(row, WIDE) for row in range(2, 7)]
    assert spans == [None, (1, 6), (0, 6), (0, 1), None]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://exemple.fr.", "https://exemple.fr"),
        ("(https://exemple.fr/a_(b))", "https://exemple.fr/a_(b)"),
        ('"http://h:80/x"', "http://h:80/x"),
        ("exemple.fr", ""),
        ("file:///etc/passwd", ""),
    ],
)
def test_addresses_are_read_without_their_punctuation(text: str, url: str) -> None:
    paragraph = Paragraph([Line((Run(text, len(text)),))], 0, 10)
    assert paragraph.url(Position(10, 6)) == url


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://exemple.fr/a", True),
        ("HTTP://exemple.fr", True),
        ("mailto:a@b.fr", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://a\x1b]52;c;eA==", False),
        ("https://exemple.fr/ -x", False),
        ("https://exеmple.fr", False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_are_offered(address: str, safe: bool) -> None:
    assert safe_url(address) == (address if safe else "")
