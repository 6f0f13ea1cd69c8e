"""The architecture drawn in cells: rows of boxes, links as lines between them. Pure."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from pcapra_lab.session.blueprint import Box, Part, Plan, Sight
from pcapra_lab.session.blueprint_words import part_word
from pcapra_lab.ui.target import words
from pcapra_lab.ui.target.canvas import DOWN, LEFT, RIGHT, UP, Canvas

BOX_LEAST, BOX_MOST = 18, 36
"""Cells of a box, borders included."""
_GAP = 6
"""Cells between two boxes: a link between them is seen."""

_BORDERS: Final[dict[Sight, tuple[str, ...]]] = {
    Sight.WAITING: tuple("┌╌┐╎└┘"),
    Sight.HIDDEN: tuple("┌╌┐╎└┘"),
    Sight.PARTLY: tuple("┌─┐│└┘"),
    Sight.UNKNOWN: tuple("┌─┐│└┘"),
    Sight.SEEN: tuple("╭─╮│╰╯"),
    Sight.LOST: tuple("╔═╗║╚╝"),
}
"""Corners and sides, by what is known: top left, across, top right, down, low left, low right."""
_STRENGTH: Final = (
    Sight.HIDDEN,
    Sight.WAITING,
    Sight.UNKNOWN,
    Sight.PARTLY,
    Sight.SEEN,
    Sight.LOST,
)
"""Of lines that share a cell the strongest shows."""


@dataclass(frozen=True, slots=True)
class _Place:
    x: int
    y: int
    width: int
    height: int
    tier: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


def fits(plan: Plan, width: int) -> bool:
    """Whether boxes drawn side by side can be read."""
    most = max(len(tier) for tier in plan.tiers)
    return (width - _GAP * (most - 1)) // most >= BOX_LEAST


def draw(plan: Plan, width: int) -> Content:
    """The drawing, as wide as it is told and as high as it needs."""
    places = _places(plan, width)
    height = max(place.y + place.height for place in places.values())
    canvas = Canvas(width, height)
    for tier in plan.tiers:
        for box in tier:
            _draw_box(canvas, box, places[box.part.id])
    for part, (first, second) in sorted(
        plan.links, key=lambda link: _STRENGTH.index(link[0].sight)
    ):
        _draw_link(canvas, part, places[first], places[second])
    return canvas.render()


def as_list(plan: Plan) -> Content:
    """The same in a line or a few a box, for a narrow screen."""
    return Content("\n").join(words.entry(box) for tier in plan.tiers for box in tier)


def _places(plan: Plan, width: int) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    rows = {box.part.id: number for number, tier in enumerate(plan.tiers) for box in tier}
    y = 0
    for number, tier in enumerate(plan.tiers):
        count = len(tier)
        box = min(BOX_MOST, (width - _GAP * (count - 1)) // count)
        height = 2 + max(len(one.parts) for one in tier)
        left = (width - count * box - _GAP * (count - 1)) // 2
        for column, one in enumerate(tier):
            places[one.part.id] = _Place(left + column * (box + _GAP), y, box, height, number)
        below = any(
            {rows[first], rows[second]} == {number, number + 1}
            for __, (first, second) in plan.links
        )
        y += height + below
    return places


def _draw_box(canvas: Canvas, box: Box, at: _Place) -> None:
    sign = words.SIGHTS[box.part.sight]
    top_left, across, top_right, down, low_left, low_right = _BORDERS[box.part.sight]
    low, right, style = at.y + at.height - 1, at.x + at.width - 1, sign.colour
    for y, corners in ((at.y, (top_left, top_right)), (low, (low_left, low_right))):
        canvas.text(at.x, y, corners[0] + across * (at.width - 2) + corners[1], style)
    for y in range(at.y + 1, low):
        canvas.text(at.x, y, down, style)
        canvas.text(right, y, down, style)
    head = Content.assemble((f" {sign.glyph} ", style), (f"{box.part.title} ", "bold"))
    canvas.content(at.x + 1, at.y, head, at.width - 2)
    said = Content.styled(f" {part_word(box.part)} ", style)
    canvas.content(at.x + at.width - 2 - min(len(said), at.width - 3), low, said, at.width - 3)
    for row, part in enumerate(box.parts, start=at.y + 1):
        canvas.content(at.x + 2, row, words.line(part), at.width - 4)


def _draw_link(canvas: Canvas, part: Part, first: _Place, second: _Place) -> None:
    style = words.SIGHTS[part.sight].colour
    solid = part.sight not in (Sight.WAITING, Sight.HIDDEN)
    if first.tier == second.tier:
        left, right = sorted((first, second), key=lambda place: place.x)
        if right.x - (left.x + left.width) == _GAP:
            for x in range(left.x + left.width, right.x):
                canvas.join(x, left.y + left.height // 2, LEFT | RIGHT, style, solid=solid)
        return
    above, below = sorted((first, second), key=lambda place: place.y)
    rail = above.y + above.height
    start, end = sorted((above.middle, below.middle))
    for x in range(start, end + 1):
        sides = (LEFT if x > start else 0) | (RIGHT if x < end else 0)
        sides |= (UP if x == above.middle else 0) | (DOWN if x == below.middle else 0)
        canvas.join(x, rail, sides, style, solid=solid)
