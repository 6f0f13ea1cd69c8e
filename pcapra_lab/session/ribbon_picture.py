"""The availability ribbon as a picture: SVG, where no colour tells anything alone."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from pcapra_lab.drills.ribbon import Cell, Ribbon, rows
from pcapra_lab.drills.surprises.windows import Window
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_api import DrillView
from pcapra_lab.session.drill_words import duration, result_lines
from pcapra_lab.session.ribbon_words import CELLS, NOBODY, labelled, ribbon_lines

LEFT, TOP, WIDTH, ROW, GAP = 170, 64, 800, 26, 10
"""Pixels: of the titles, of the heading, of the time shown, of a row, between rows."""
_FILLS = {Cell.UP: "#27631a", Cell.SLOW: "#e0af68", Cell.DOWN: "#b3143c", Cell.UNKNOWN: "#c5cadb"}
_SIGNS = {Cell.UP: "", Cell.SLOW: "≈", Cell.DOWN: "✘", Cell.UNKNOWN: "·"}
_NARROW = 12.0
"""Pixels under which a sign has no room."""


def ribbon_svg(view: DrillView) -> str:
    """The picture of a drill's ribbon, with what the drill came to: a file of its own.

    Raises:
        LabError: it has none.
    """
    ribbon = _ribbon(view)
    body = []
    lines = [labelled(line.label, line.text) for line in result_lines(view)]
    for place, line in enumerate(lines):
        body.append(_text(20, _bottom(ribbon) + 40 + place * 20, line))
    height = _bottom(ribbon) + 50 + 20 * len(lines)
    size = f'width="{LEFT + WIDTH + 40}" height="{height}"'
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', *_picture(view, ribbon, size, body), ""]
    )


def ribbon_figure(view: DrillView) -> str:
    """The ribbon alone, as an ``<svg>`` that takes the width of the page it is put into.

    Raises:
        LabError: it has none.
    """
    ribbon = _ribbon(view)
    size = f'viewBox="0 0 {LEFT + WIDTH + 40} {_bottom(ribbon) + 30}"'
    return "\n".join(_picture(view, ribbon, size, []))


def _ribbon(view: DrillView) -> Ribbon:
    if view.ribbon is None or not view.ribbon.lanes:
        raise LabError(
            _("ce drill n'a pas de ruban de disponibilité"),
            hint=_("seuls les drills qui sondent un service en ont un, une fois commencés"),
        )
    return view.ribbon


def _picture(view: DrillView, ribbon: Ribbon, size: str, below: list[str]) -> list[str]:
    told = "\n".join(labelled(line.label, line.text) for line in ribbon_lines(ribbon, view.windows))
    shades = _windows(ribbon, view.windows) if view.windows else _window(ribbon)
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" '
        'font-size="13" role="img">',
        f"<title>{escape(view.title)}</title>",
        f"<desc>{escape(told)}</desc>",
        '<rect width="100%" height="100%" fill="#fbfbfd"/>',
        _text(20, 28, view.title, size=18),
        *shades,
        *_lanes(ribbon),
        *_states(ribbon),
        *_axis(ribbon),
        *below,
        "</svg>",
    ]


def save_picture(view: DrillView, path: Path) -> None:
    """Write the picture of a drill's ribbon.

    Raises:
        LabError: it has none, or this host's disk refused.
    """
    text = ribbon_svg(view)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LabError(
            _("l'image n'a pas pu être écrite dans {path} ({strerror})").format(
                path=path, strerror=error.strerror
            ),
            hint=_("donnez un autre chemin"),
        ) from error


def _x(ribbon: Ribbon, at: float) -> float:
    span = max(ribbon.end - ribbon.start, 1e-9)
    return LEFT + (at - ribbon.start) / span * WIDTH


def _y(row: int) -> int:
    return TOP + row * (ROW + GAP)


def _bottom(ribbon: Ribbon) -> int:
    return _y(len(ribbon.lanes) + len(ribbon.states))


def _text(x: float, y: float, words: str, *, size: int = 13, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{anchor} fill="#1b2033">'
        f"{escape(words)}</text>"
    )


def _window(ribbon: Ribbon) -> list[str]:
    inside = [place for place in range(ribbon.count) if ribbon.within(place)]
    if not inside:
        return []
    left = _x(ribbon, 0.0)
    right = _x(ribbon, ribbon.end if ribbon.back is None else min(ribbon.back, ribbon.end))
    words = _("panne") if ribbon.back is None else _("panne, puis retour")
    return _shade(ribbon, left, right, words)


def _windows(ribbon: Ribbon, windows: Sequence[Window]) -> list[str]:
    """One shade for each fault; where two overlap, it is darker."""
    parts = []
    for one in windows:
        left = _x(ribbon, max(ribbon.start, min(one.start, ribbon.end)))
        right = _x(ribbon, ribbon.end if one.end is None else min(one.end, ribbon.end))
        parts += _shade(ribbon, left, right, one.label)
    return parts


def _shade(ribbon: Ribbon, left: float, right: float, words: str) -> list[str]:
    height = _bottom(ribbon) - TOP + 8
    return [
        f'<rect x="{left:.1f}" y="{TOP - 8}" width="{max(1.0, right - left):.1f}" '
        f'height="{height}" fill="#b3143c" fill-opacity="0.12" stroke="#b3143c" '
        'stroke-dasharray="4 3"/>',
        _text((left + right) / 2, TOP - 12, words, middle=True),
    ]


def _lanes(ribbon: Ribbon) -> list[str]:
    parts = []
    for row, lane in enumerate(ribbon.lanes):
        parts.append(_text(20, _y(row) + 18, lane.title))
        at = ribbon.start
        for cell, count in rows(lane.cells):
            length = count * ribbon.width
            left, right = _x(ribbon, at), _x(ribbon, at + length)
            words = labelled(CELLS[cell], duration(length))
            parts.append(
                f'<rect x="{left:.1f}" y="{_y(row)}" width="{right - left:.1f}" height="{ROW}" '
                f'fill="{_FILLS[cell]}"><title>{escape(words)}</title></rect>'
            )
            if _SIGNS[cell] and right - left >= _NARROW:
                parts.append(
                    f'<text x="{(left + right) / 2:.1f}" y="{_y(row) + 18}" fill="#ffffff" '
                    f'text-anchor="middle">{_SIGNS[cell]}</text>'
                )
            at += length
    return parts


def _states(ribbon: Ribbon) -> list[str]:
    parts = []
    for row, one in enumerate(ribbon.states, start=len(ribbon.lanes)):
        parts.append(_text(20, _y(row) + 18, one.title))
        for value, spans in groupby(one.spans, key=lambda span: span.value):
            known = list(spans)
            left = _x(ribbon, max(ribbon.start, known[0].start))
            right = _x(ribbon, min(ribbon.end, known[-1].end))
            parts.append(
                f'<rect x="{left:.1f}" y="{_y(row)}" width="{max(0.0, right - left):.1f}" '
                f'height="{ROW}" fill="#e4e7f0" stroke="#535a75"/>'
            )
            parts.append(_text(left + 4, _y(row) + 18, value or NOBODY))
    return parts


def _axis(ribbon: Ribbon) -> list[str]:
    y = _bottom(ribbon) + 16
    ends = [(ribbon.start, LEFT), (ribbon.end, LEFT + WIDTH)]
    parts = []
    for at, x in ends:
        sign = "-" if at < 0 else "+" if ribbon.struck else ""
        parts.append(_text(x, y, f"{sign}{duration(abs(at))}", middle=True))
    return parts
