"""Cells with a colour each, lines that join where they meet."""

from itertools import groupby
from typing import Final

from textual.content import Content

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_JOINTS: Final = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"
"""By the sides that a cell is joined to, as the bits above."""
_DASHED: Final = {"─": "╌", "│": "╎"}


class Canvas:
    """A drawing of a fixed size; what falls outside is left out.

    Args:
        width: in cells.
        height: in lines.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._cells = [[(" ", "")] * width for __ in range(height)]
        self._joins: dict[tuple[int, int], tuple[int, str, bool]] = {}

    def text(self, x: int, y: int, text: str, style: str = "") -> None:
        """Put signs of one cell each, from ``x`` on."""
        for offset, sign in enumerate(text):
            self._put(x + offset, y, sign, style)

    def content(self, x: int, y: int, content: Content, room: int) -> None:
        """Put styled text, cut to ``room`` cells with an ellipsis."""
        at = x
        for piece in content.truncate(room, ellipsis=True).divide(
            range(1, min(len(content), room))
        ):
            style = str(piece.spans[0].style) if piece.spans else ""
            self.text(at, y, piece.plain, style)
            at += len(piece.plain)

    def join(self, x: int, y: int, sides: int, style: str, *, solid: bool) -> None:
        """Let a line leave a cell by some sides. A cell of several lines takes the style of the
        last; it is solid if one of them is."""
        known, __, firm = self._joins.get((x, y), (0, "", False))
        self._joins[x, y] = (known | sides, style, firm or solid)

    def render(self) -> Content:
        """The whole drawing, trailing blanks left out."""
        for (x, y), (sides, style, solid) in self._joins.items():
            sign = _JOINTS[sides]
            self._put(x, y, sign if solid else _DASHED.get(sign, sign), style)
        self._joins.clear()
        rows = []
        for cells in self._cells:
            runs = [
                (style, "".join(sign for sign, __ in run))
                for style, run in groupby(cells, key=lambda cell: cell[1])
            ]
            while runs and not runs[-1][1].strip():
                runs.pop()
            rows.append(Content.assemble(*(Content.styled(text, style) for style, text in runs)))
        return Content("\n").join(rows)

    def _put(self, x: int, y: int, sign: str, style: str) -> None:
        if 0 <= x < self._width and 0 <= y < self._height:
            self._cells[y][x] = (sign, style)
