"""The availability ribbon drawn in cells of a terminal: every state has a sign, then a colour."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from pcapra_lab.drills.ribbon import Cell, Ribbon, States
from pcapra_lab.drills.surprises.windows import Window, within
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_words import duration
from pcapra_lab.session.ribbon_words import CELLS, NOBODY
from pcapra_lab.ui.text import Sign

SIGNS = {
    Cell.UP: Sign("━", CELLS[Cell.UP], "$success"),
    Cell.SLOW: Sign("≈", CELLS[Cell.SLOW], "$warning"),
    Cell.DOWN: Sign("✘", CELLS[Cell.DOWN], "$error"),
    Cell.UNKNOWN: Sign("·", CELLS[Cell.UNKNOWN], "$muted"),
}
SHADE = "on $error 25%"
"""Of the fault's window; the row above says the same without a colour."""
LABEL = 14
"""Columns of the titles, on the left."""
NONE = "∅"
"""Nobody has it: a word would be cut where it lasts a moment."""
LEAST = 10
"""Columns that a drawing needs."""


def drawn(
    ribbon: Ribbon, columns: int, *, compact: bool = False, windows: Sequence[Window] = ()
) -> Content:
    """A ribbon in so many columns.

    Args:
        compact: the lanes alone.
        windows: the faults, when there were several: each is shaded.
    """
    room = max(LEAST, columns - LABEL)
    fitted = ribbon.fitted(room)
    lanes = [
        Content.assemble((_label(lane.title), "bold"), *_cells(fitted, lane.cells, windows))
        for lane in fitted.lanes
    ]
    if compact:
        return Content("\n").join(lanes)
    marks = _windows(fitted, windows) if windows else [_window(fitted)]
    lines = [Content.assemble(_label(""), (row, "bold")) for row in marks if fitted.struck]
    lines += lanes
    lines += [
        Content.assemble((_label(one.title), "bold"), _states(fitted, one)) for one in fitted.states
    ]
    lines += [Content.assemble(_label(""), (_axis(fitted, room), "$muted")), _legend(fitted)]
    return Content("\n").join(lines)


class RibbonView(Static):
    """The ribbon of a drill, as wide as there is room for.

    Args:
        compact: the lanes alone, for a pane that has other things to show.
    """

    def __init__(self, *, compact: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._compact = compact
        self._ribbon: Ribbon | None = None
        self._windows: Sequence[Window] = ()
        self._columns = 0
        self.display = False

    @property
    def ribbon(self) -> Ribbon | None:
        """What is drawn."""
        return self._ribbon

    def show(self, ribbon: Ribbon | None, windows: Sequence[Window] = ()) -> None:
        """Draw a ribbon and the faults that it went through; None hides it."""
        self._ribbon, self._windows = ribbon, windows
        self.display = ribbon is not None
        self._draw(self.container_size)

    def on_resize(self) -> None:
        """More room, or less."""
        self._draw(self.size)

    def _draw(self, size: Size) -> None:
        columns = (self.size or size).width
        if self._ribbon is not None and columns:
            self.update(drawn(self._ribbon, columns, compact=self._compact, windows=self._windows))


def _label(title: str) -> str:
    text = title if len(title) < LABEL else title[: LABEL - 2] + "…"
    return f"{text:<{LABEL}}"


def _cells(
    ribbon: Ribbon, cells: tuple[Cell, ...], windows: Sequence[Window]
) -> list[tuple[str, str]]:
    parts = []
    for place, cell in enumerate(cells):
        sign = SIGNS[cell]
        style = f"{sign.colour} {SHADE}" if within(ribbon, place, windows) else sign.colour
        parts.append((sign.glyph, style))
    return parts


def _windows(ribbon: Ribbon, windows: Sequence[Window]) -> list[str]:
    """One row for each fault: they may overlap. « ▼web1▒▒▒▲ », with its machine if it fits."""
    rows = []
    for one in windows:
        inside = [place for place in range(ribbon.count) if within(ribbon, place, [one])]
        if not inside:
            continue
        marks = [" "] * inside[0] + ["▒"] * len(inside)
        if len(one.label) < len(inside) - 1:
            marks[inside[0] + 1 : inside[0] + 1 + len(one.label)] = one.label
        marks[inside[0]] = "▼"
        if one.end is not None:
            marks[inside[-1]] = "▲"
        rows.append("".join(marks))
    return rows


def _window(ribbon: Ribbon) -> str:
    """The fault's window: from ▼ to ▲, or on to the end while it lasts."""
    marks = ["▒" if ribbon.within(place) else " " for place in range(ribbon.count)]
    inside = [place for place, mark in enumerate(marks) if mark != " "]
    if inside:
        marks[inside[0]] = "▼"
        if ribbon.back is not None:
            marks[inside[-1]] = "▲"
    return "".join(marks)


def _states(ribbon: Ribbon, one: States) -> Content:
    """Who it is, written where it begins: « lb1────lb2──── »."""
    row = [" "] * ribbon.count
    for span in one.spans:
        begins = max(0, round((span.start - ribbon.start) / ribbon.width))
        ends = min(ribbon.count, max(begins + 1, round((span.end - ribbon.start) / ribbon.width)))
        word = f"│{span.value or NONE}"
        for place in range(begins, ends):
            offset = place - begins
            row[place] = word[offset] if offset < len(word) else "─"
    return Content.styled("".join(row), "$accent")


def _axis(ribbon: Ribbon, room: int) -> str:
    """Where the row begins and ends, and the fault."""
    first, last = duration(abs(ribbon.start)), duration(abs(ribbon.end))
    left = f"-{first}" if ribbon.start < 0 else first
    middle = max(0, round(-ribbon.start / ribbon.width)) if ribbon.struck else 0
    row = list(f"{left:<{room}}")
    word = _("panne")
    if ribbon.struck and len(left) < middle <= ribbon.count:
        row[middle : middle + len(word)] = word
    right = f"+{last}" if ribbon.struck else last
    at = ribbon.count - len(right)
    if at > (middle + len(word) if ribbon.struck else len(left)):
        row[at : at + len(right)] = right
    return "".join(row[: max(room, ribbon.count)]).rstrip()


def _legend(ribbon: Ribbon) -> Content:
    """What the signs that are there mean."""
    there = {cell for lane in ribbon.lanes for cell in lane.cells}
    parts: list[tuple[str, str] | str] = [_label("")]
    for cell, sign in SIGNS.items():
        if cell in there:
            parts += [(sign.glyph, sign.colour), (f" {sign.word}  ", "$muted")]
    if any(not span.value for one in ribbon.states for span in one.spans):
        parts += [(NONE, "$accent"), (f" {NOBODY}  ", "$muted")]
    if ribbon.struck:
        parts += [("▼▒▲", "bold"), (_(" panne"), "$muted")]
    return Content.assemble(*parts)
