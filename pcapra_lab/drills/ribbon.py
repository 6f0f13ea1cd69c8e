"""The availability ribbon: time in equal cells, what each service was in each of them. Pure.

Instants are seconds from the fault; from the first try as long as there is none.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Any

from pcapra_lab.drills.clocks import GuestClock, Mark
from pcapra_lab.drills.outages import Probed
from pcapra_lab.drills.stream import Sight, Try, in_order

WIDTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Seconds that a cell may stand for."""
MOST_CELLS = 600
"""What is kept of a drill: a minute to the tenth of a second."""
HOLE = 0.5
"""Seconds without a try, after which nothing is known any more."""
STATE_HOLE = 6.0
"""The same for a state: the slowest is looked at every two seconds unless it says otherwise."""
BEFORE = 10.0
"""Seconds shown of the time before the fault."""


class Cell(StrEnum):
    """What a service was in a cell: the worst that was seen there."""

    UNKNOWN = "unknown"
    UP = "up"
    SLOW = "slow"
    DOWN = "down"


_RANKS = {cell: rank for rank, cell in enumerate(Cell)}


def worst(cells: Iterable[Cell]) -> Cell:
    """The worst of some cells; unknown when there is none."""
    return max(cells, key=_RANKS.__getitem__, default=Cell.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Lane:
    """One probe."""

    id: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A state that lasted, from its first sight to the next state's."""

    start: float
    end: float
    value: str
    """Empty: nobody, nothing."""


@dataclass(frozen=True, slots=True)
class States:
    """One state that is followed. Between two spans nothing is known."""

    id: str
    title: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A drill's availability over time."""

    start: float
    """Of the first cell."""
    width: float
    """Of a cell."""
    lanes: tuple[Lane, ...]
    states: tuple[States, ...] = ()
    struck: bool = False
    """The fault has happened, at 0."""
    back: float | None = None
    """When the service was back; None while it is not."""
    diagnosed: float | None = None

    @property
    def count(self) -> int:
        """How many cells there are."""
        return max((len(lane.cells) for lane in self.lanes), default=0)

    @property
    def end(self) -> float:
        """Of the last cell."""
        return self.start + self.count * self.width

    def within(self, cell: int) -> bool:
        """Whether a cell lies in the fault's window: from the fault until the service is back."""
        begins = self.start + cell * self.width
        after = begins + self.width > 1e-9 and self.struck
        return after and (self.back is None or begins < self.back - 1e-9)

    def fitted(self, columns: int) -> "Ribbon":
        """The same time in at most so many cells, each the worst of those it stands for."""
        if self.count <= columns or columns < 1:
            return self
        width = next(
            (w for w in WIDTHS if self.count * self.width / w <= columns and w > self.width),
            self.count * self.width / columns,
        )
        share = max(2, math.ceil(width / self.width - 1e-9))
        # A cell never holds both sides of the fault, if there are cells on both.
        lead = round(-self.start / self.width) % share if self.struck and self.start < 0 else 0
        while math.ceil((self.count - lead) / share) + (lead > 0) > columns:
            share += 1
            lead = round(-self.start / self.width) % share if lead else 0
        start = self.start - ((share - lead) * self.width if lead else 0.0)
        lanes = tuple(
            replace(lane, cells=tuple(_merged(lane.cells, lead, share))) for lane in self.lanes
        )
        return replace(self, start=start, width=self.width * share, lanes=lanes)

    def to_data(self) -> dict[str, Any]:
        """For the store: rows of the same cell are told once."""
        return {
            "start": round(self.start, 3),
            "width": self.width,
            "lanes": [
                {"id": one.id, "title": one.title, "cells": [list(row) for row in rows(one.cells)]}
                for one in self.lanes
            ],
            "states": [
                {
                    "id": one.id,
                    "title": one.title,
                    "spans": [[round(s.start, 3), round(s.end, 3), s.value] for s in one.spans],
                }
                for one in self.states
            ],
            "struck": self.struck,
            "back": self.back,
            "diagnosed": self.diagnosed,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Ribbon":
        """The ribbon that ``to_data`` gave."""
        lanes = tuple(
            Lane(
                one["id"],
                one["title"],
                tuple(cell for name, count in one["cells"] for cell in [Cell(name)] * count),
            )
            for one in data["lanes"]
        )
        states = tuple(
            States(one["id"], one["title"], tuple(Span(*span) for span in one["spans"]))
            for one in data["states"]
        )
        known = {name: data[name] for name in ("start", "width", "struck", "back", "diagnosed")}
        return cls(lanes=lanes, states=states, **known)


def rows(cells: Sequence[Cell]) -> Iterator[tuple[Cell, int]]:
    """Rows of the same cell, with their lengths."""
    for cell, row in groupby(cells):
        yield cell, len(list(row))


@dataclass(frozen=True, slots=True)
class Watched:
    """One state of a drill, as it was seen."""

    id: str
    title: str
    sights: Sequence[Sight]
    clock: GuestClock


def draw(
    probes: Sequence[Probed],
    watched: Sequence[Watched] = (),
    *,
    fault: Mark | None = None,
    back: Mark | None = None,
    diagnosed: Mark | None = None,
) -> Ribbon | None:
    """The ribbon of what was seen so far; None when nothing was that can be dated."""
    dated = [(one, shift) for one in probes if (shift := _shift(one.clock, one.tries)) is not None]
    if not dated:
        return None
    begins = min(one.tries[0].began + shift for one, shift in dated)
    ends = max(one.tries[-1].ended + shift for one, shift in dated)
    zero = fault.at if fault is not None else begins
    start = max(begins - zero, -BEFORE) if fault is not None else max(0.0, ends - begins - 60.0)
    span = max(ends - zero - start, WIDTHS[0])
    width = next((one for one in WIDTHS if span / one <= MOST_CELLS), span / MOST_CELLS)
    # On a grid that the fault is on: no cell holds both sides of it.
    start = math.floor(start / width + 1e-9) * width
    count = max(1, math.ceil((ends - zero - start) / width - 1e-9))
    lanes = tuple(
        Lane(one.id, one.title, _cells(one, shift - zero, start, width, count))
        for one, shift in dated
    )
    states = tuple(
        States(one.id, one.title, tuple(_spans(one, zero, start, ends - zero))) for one in watched
    )
    return Ribbon(
        start,
        width,
        lanes,
        states,
        fault is not None,
        None if back is None or fault is None else back.at - zero,
        None if diagnosed is None or fault is None else diagnosed.at - zero,
    )


def _shift(clock: GuestClock, told: Sequence[Try | Sight]) -> float | None:
    """From a machine's clock to the host's. One for all: a drawing is not a measure."""
    for one in reversed(told):
        mark = clock.host(one.boot, one.began)
        if mark is not None:
            return mark.at - one.began
    return None


def _cells(
    probed: Probed, shift: float, start: float, width: float, count: int
) -> tuple[Cell, ...]:
    cells = [Cell.UNKNOWN] * count
    tries = in_order(probed.tries)
    for place, one in enumerate(tries):
        cell = _cell(one, probed.slow)
        begins = one.began + shift - start
        ends = begins + max(HOLE, one.ended - one.began)
        if place + 1 < len(tries):
            ends = min(ends, tries[place + 1].began + shift - start)
        last = max(math.ceil(ends / width - 1e-9), math.floor(begins / width) + 1)
        for at in range(max(0, math.floor(begins / width)), min(count, last)):
            cells[at] = worst((cells[at], cell))
    return tuple(cells)


def _cell(one: Try, slow: float) -> Cell:
    if one.up is None:
        return Cell.UNKNOWN
    if not one.up:
        return Cell.DOWN
    # What the client itself was late by is not the service's slowness.
    return Cell.SLOW if one.ended - one.began - one.lag > slow else Cell.UP


def _spans(watched: Watched, zero: float, start: float, end: float) -> Iterator[Span]:
    shift = _shift(watched.clock, watched.sights)
    if shift is None:
        return
    sights = watched.sights
    open_: Span | None = None
    for place, one in enumerate(sights):
        at = one.at + shift - zero
        following = sights[place + 1].at + shift - zero if place + 1 < len(sights) else end
        till = min(following, at + STATE_HOLE, end)
        if open_ is not None and (one.value != open_.value or at > open_.end + 1e-6):
            yield open_
            open_ = None
        if one.value is None or till <= start:
            continue
        open_ = Span(max(start, at if open_ is None else open_.start), till, one.value)
    if open_ is not None:
        yield open_


def _merged(cells: Sequence[Cell], lead: int, share: int) -> Iterator[Cell]:
    if lead:
        yield worst(cells[:lead])
    for at in range(lead, len(cells), share):
        yield worst(cells[at : at + share])
