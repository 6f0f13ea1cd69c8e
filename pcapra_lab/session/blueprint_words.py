"""The target architecture in words and signs, the same in every front."""

import time
from collections.abc import Iterable
from typing import Final

from pcapra_lab.content.architecture import ElementKind
from pcapra_lab.i18n import _
from pcapra_lab.session.blueprint import Box, Part, Plan, Sight

SIGHTS: Final[dict[Sight, tuple[str, str]]] = {
    Sight.WAITING: ("○", _("pas encore")),
    Sight.PARTLY: ("◐", _("en partie")),
    Sight.SEEN: ("✔", _("en place")),
    Sight.LOST: ("✘", _("perdu")),
    Sight.UNKNOWN: ("⚠", _("inconnu")),
    Sight.HIDDEN: ("▫", _("dit à la fin")),
}
"""A sign and a word each."""
_SEEN: Final[dict[ElementKind, str]] = {
    ElementKind.MACHINE: _("répond"),
    ElementKind.CLIENT: _("répond"),
    ElementKind.SERVICE: _("actif"),
    ElementKind.MEMBER: _("dans la répartition"),
}
"""Better words than « en place »."""


def part_word(part: Part) -> str:
    """What is known of it, in a few words: « portée par lb1 », « en place »."""
    if part.sight is Sight.SEEN and part.detail:
        return _("portée par {holder}").format(holder=part.detail)
    if part.sight is Sight.SEEN and part.kind is not None and part.kind in _SEEN:
        return _SEEN[part.kind]
    return SIGHTS[part.sight][1]


def together(sights: Iterable[Sight]) -> Sight:
    """Several parts as one: what is lost shows first, and « en place » is said of all only."""
    known = set(sights)
    for first in (Sight.LOST, Sight.UNKNOWN, Sight.HIDDEN):
        if first in known:
            return first
    if len(known) == 1:
        return known.pop()
    return Sight.PARTLY


def link_groups(plan: Plan) -> list[tuple[str, Sight]]:
    """The links, those of one title together, with how many of them are there."""
    groups: dict[str, list[Sight]] = {}
    for part, __ in plan.links:
        groups.setdefault(part.title, []).append(part.sight)
    said = []
    for title, sights in groups.items():
        count = f" {sights.count(Sight.SEEN)}/{len(sights)}" if len(sights) > 1 else ""
        said.append((f"{title}{count}", together(sights)))
    return said


def looked_words(plan: Plan) -> str:
    """When the oldest check shown was looked at; empty when all is live."""
    told = [part for part in plan.parts if part.sight is not Sight.HIDDEN]
    times = [part.at for part in told if part.at is not None]
    if not times:
        return ""
    return _("contrôles vus depuis {time}").format(
        time=time.strftime("%H:%M", time.localtime(min(times)))
    )


def plan_lines(plan: Plan) -> list[str]:
    """The whole drawing as lines of text: a box, then what is in it."""
    lines = [
        _("{seen} sur {count} en place").format(seen=plan.seen, count=len(plan.parts)),
        *(_box_line(box) for tier in plan.tiers for box in tier),
    ]
    for title, sight in link_groups(plan):
        glyph, word = SIGHTS[sight]
        lines.append(_("{glyph} lien {title} : {word}").format(glyph=glyph, title=title, word=word))
    if looked := looked_words(plan):
        lines.append(looked)
    return lines


def _box_line(box: Box) -> str:
    return " · ".join(
        _("{glyph} {title} : {word}").format(
            glyph=SIGHTS[part.sight][0], title=part.title, word=part_word(part)
        )
        for part in (box.part, *box.parts)
    )
