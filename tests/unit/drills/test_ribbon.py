"""The ribbon: every try in its cell, the worst of a cell told, nothing invented."""

import pytest
from drawn_ribbon import FAILOVER
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.drills.clocks import ClockSample, GuestClock, Mark
from pcapra_lab.drills.outages import Probed
from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon, Watched, draw, rows, worst
from pcapra_lab.drills.stream import Sight, Try

U, S, D, X = Cell.UP, Cell.SLOW, Cell.DOWN, Cell.UNKNOWN
SAME = GuestClock([ClockSample("a", 0.0, 0.0, 0.0), ClockSample("a", 1e4, 1e4, 1e4)])


def probed(tries: list[Try], clock: GuestClock = SAME) -> Probed:
    return Probed("page", "Page", 0.05, tries, clock)


def every(*ups: bool | None, start: float = 100.0, took: float = 0.01) -> list[Try]:
    return [
        Try("a", start + i / 10, start + i / 10, start + i / 10 + took, up)
        for i, up in enumerate(ups)
    ]


def cells(ribbon: Ribbon | None) -> tuple[Cell, ...]:
    assert ribbon is not None
    return ribbon.lanes[0].cells


def test_each_try_is_in_its_cell() -> None:
    ribbon = draw([probed(every(True, True, False, None, True))])
    assert ribbon is not None and ribbon.width == 0.1 and ribbon.start == 0.0
    assert cells(ribbon) == (U, U, D, X, U)
    assert not ribbon.struck and ribbon.back is None


def test_an_answer_is_slow_by_its_own_time_not_by_ours() -> None:
    slow = Try("a", 100.0, 100.0, 100.09, True)
    ours = Try("a", 100.1, 100.1, 100.19, True, lag=0.06)
    assert cells(draw([probed([slow, ours])])) == (S, U)


def test_after_the_last_try_nothing_is_known() -> None:
    tries = [*every(True, True), *every(True, start=102.0)]
    assert cells(draw([probed(tries)])) == (*[U] * 6, *[X] * 14, U)


def test_the_fault_is_the_origin_and_its_window_ends_with_the_recovery() -> None:
    tries = every(*[True] * 10, *[False] * 10, *[True] * 10)
    ribbon = draw([probed(tries)], fault=Mark(101.0, 0.2), back=Mark(102.0, 0.1))
    assert ribbon is not None and ribbon.struck
    assert ribbon.start == pytest.approx(-1.0) and ribbon.back == pytest.approx(1.0)
    inside = [place for place in range(ribbon.count) if ribbon.within(place)]
    assert inside == list(range(10, 20))
    assert [cell for cell, _ in rows(cells(ribbon))] == [U, D, U]
    lasting = draw([probed(tries)], fault=Mark(101.0))
    assert lasting is not None and lasting.within(lasting.count - 1)


def test_only_what_is_near_the_fault_is_kept_of_the_time_before() -> None:
    tries = every(*[True] * 600)
    ribbon = draw([probed(tries)], fault=Mark(150.0))
    assert ribbon is not None and ribbon.start == pytest.approx(-10.0)


def test_another_machine_s_clock_is_brought_to_the_host_s() -> None:
    clock = GuestClock([ClockSample("a", 599.0, 99.0, 599.0), ClockSample("a", 701, 201.0, 701)])
    ribbon = draw([probed(every(True, False, True), clock)], fault=Mark(600.1))
    assert ribbon is not None and ribbon.start == pytest.approx(-0.1)
    assert cells(ribbon) == (U, D, U)


def test_nothing_is_drawn_of_what_cannot_be_dated() -> None:
    assert draw([]) is None
    assert draw([probed([])]) is None
    assert draw([probed(every(True), GuestClock())]) is None


def test_states_last_from_their_first_sight_to_the_next_one() -> None:
    values = [("lb1", 100.0), ("lb1", 101.0), ("", 101.5), ("lb2", 102.0), (None, 102.4)]
    sights = [Sight("a", at, at, value) for value, at in values]
    watched = Watched("vip", "VIP", sights, SAME)
    ribbon = draw([probed(every(*[True] * 30))], [watched], fault=Mark(101.0))
    assert ribbon is not None
    spans = [(round(s.start, 3), round(s.end, 3), s.value) for s in ribbon.states[0].spans]
    assert spans == [(-1.0, 0.5, "lb1"), (0.5, 1.0, ""), (1.0, 1.4, "lb2")]


def test_a_state_that_is_no_longer_told_is_no_longer_known() -> None:
    sights = [Sight("a", 100.0, 100.0, "lb1"), Sight("a", 120.0, 120.0, "lb1")]
    watched = Watched("vip", "VIP", sights, SAME)
    ribbon = draw([probed(every(*[True] * 210))], [watched])
    assert ribbon is not None
    first = ribbon.states[0].spans[0]
    assert (first.start, round(first.end, 1)) == (0.0, 6.0)


LANES = st.lists(st.sampled_from(list(Cell)), min_size=1, max_size=400)


@given(LANES, st.integers(0, 60), st.integers(8, 120), st.booleans())
def test_a_ribbon_that_is_made_to_fit_hides_no_failure(
    told: list[Cell], before: int, columns: int, struck: bool
) -> None:
    before = min(before, len(told)) if struck else 0
    whole = Ribbon(-before * 0.5, 0.5, (Lane("page", "Page", tuple(told)),), struck=struck)
    fitted = whole.fitted(columns)
    assert fitted.count <= max(columns, 8)
    assert worst(fitted.lanes[0].cells) is worst(told)
    assert fitted.start <= whole.start + 1e-9 and fitted.end >= whole.end - 1e-9
    if struck and 0 < before < len(told):
        # The fault stands between two cells.
        assert abs(fitted.start / fitted.width - round(fitted.start / fitted.width)) < 1e-6
    downs = {i for i, cell in enumerate(told) if cell is D}
    for i in downs:
        at = whole.start + (i + 0.5) * whole.width
        assert fitted.lanes[0].cells[int((at - fitted.start) / fitted.width)] is D


def test_it_is_kept_and_found_again() -> None:
    assert Ribbon.from_data(FAILOVER.to_data()) == FAILOVER
    drawn = draw([probed(every(*[True] * 10, *[False] * 5))], fault=Mark(100.5))
    assert drawn is not None
    again = Ribbon.from_data(drawn.to_data())
    assert again.lanes == drawn.lanes and again.start == pytest.approx(drawn.start, abs=0.001)


def test_a_minute_is_kept_to_the_tenth_and_an_hour_in_as_many_cells() -> None:
    for seconds in (60, 3600):
        tries = every(*[True] * (seconds * 10))
        ribbon = draw([probed(tries)], fault=Mark(100.0))
        assert ribbon is not None and ribbon.count <= 601
        assert ribbon.end == pytest.approx(seconds, rel=0.02)


def test_the_parts_of_a_drawn_one() -> None:
    assert FAILOVER.count == 30
    assert FAILOVER.end == pytest.approx(10.0)
    assert [FAILOVER.within(i) for i in (9, 10, 17, 18)] == [False, True, True, False]
