"""Parts of the architecture, coloured: a state is never told by colour alone."""

from typing import Final

from textual.content import Content

from pcapra_lab.i18n import _
from pcapra_lab.session.blueprint import Box, Part, Plan, Sight
from pcapra_lab.session.blueprint_words import SIGHTS as WORDS
from pcapra_lab.session.blueprint_words import link_groups, part_word
from pcapra_lab.ui.text import Sign

_COLOURS: Final = {
    Sight.WAITING: "$muted",
    Sight.PARTLY: "$warning",
    Sight.SEEN: "$success",
    Sight.LOST: "$error",
    Sight.UNKNOWN: "$warning",
    Sight.HIDDEN: "$muted",
}
SIGHTS: Final[dict[Sight, Sign]] = {
    sight: Sign(*WORDS[sight], colour) for sight, colour in _COLOURS.items()
}


def line(part: Part) -> Content:
    """A line of a box: sign and title; the word too, unless it is there or only awaited."""
    sign = SIGHTS[part.sight]
    told = part.sight in (Sight.LOST, Sight.PARTLY, Sight.UNKNOWN)
    rest = f" {sign.word}" if told else ""
    return Content.assemble((sign.glyph, sign.colour), f" {part.title}", (rest, sign.colour))


def entry(box: Box) -> Content:
    """A box as an entry of the list: its lines follow it, wrapped."""
    sign = SIGHTS[box.part.sight]
    head = Content.assemble(
        (sign.glyph, sign.colour),
        " ",
        (box.part.title, "bold"),
        (f" {part_word(box.part)}", sign.colour),
    )
    return Content(" · ").join([head, *(line(part) for part in box.parts)])


def links(plan: Plan) -> Content:
    """The links in a line."""
    said = []
    for title, sight in link_groups(plan):
        sign = SIGHTS[sight]
        said.append(
            Content.assemble((sign.glyph, sign.colour), f" {title} ", (sign.word, sign.colour))
        )
    if not said:
        return Content()
    return Content.assemble((_("Liens  "), "$muted"), Content("   ").join(said))
