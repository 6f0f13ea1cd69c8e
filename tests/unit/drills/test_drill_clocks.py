"""Instants of a machine on the host's clock: the true one is always within what is told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.drills.clocks import MAX_DRIFT, ClockSample, GuestClock, Mark, Measure
from pcapra_lab.drills.journal import Journal, sample_line

TRIP = st.tuples(st.floats(0.0001, 2.0), st.floats(0.0001, 2.0))


def looks(
    offset: float, drift: float, trips: list[tuple[float, float]], every: float
) -> list[ClockSample]:
    """Looks at a clock that reads ``(host - offset) * (1 + drift)``, a trip each."""
    return [
        ClockSample("a", at - there, (at - offset) * (1 + drift), at + back)
        for at, (there, back) in ((i * every + 10.0, trip) for i, trip in enumerate(trips))
    ]


@given(
    offset=st.floats(-1e5, 1e5),
    drift=st.floats(-MAX_DRIFT / 2, MAX_DRIFT / 2),
    trips=st.lists(TRIP, min_size=1, max_size=12),
    every=st.floats(0.01, 60.0),
    when=st.floats(-100.0, 800.0),
)
def test_the_true_instant_is_within_the_uncertainty(
    offset: float, drift: float, trips: list[tuple[float, float]], every: float, when: float
) -> None:
    clock = GuestClock(looks(offset, drift, trips, every))
    mark = clock.host("a", (when - offset) * (1 + drift))
    assert mark is not None
    assert mark.low - 1e-6 <= when <= mark.high + 1e-6


@given(jump=st.floats(0.0, 100.0), trips=st.lists(TRIP, min_size=4, max_size=12))
def test_a_freeze_widens_what_surrounds_it_and_nothing_else_is_wrong(
    jump: float, trips: list[tuple[float, float]]
) -> None:
    half = len(trips) // 2
    before = looks(0.0, 0.0, trips[:half], 1.0)
    last = before[-1].guest
    after = [
        ClockSample("a", at - there, at - jump, at + back)
        for at, (there, back) in (
            (last + jump + 1.0 + i, trip) for i, trip in enumerate(trips[half:])
        )
    ]
    clock = GuestClock([*before, *after])
    for guest, true in ((last + 0.1, (last + 0.1, last + 0.1 + jump)), (last + 1.0, None)):
        mark = clock.host("a", guest)
        assert mark is not None
        for one in true or (last + 1.0 + jump,):
            assert mark.low - 1e-6 <= one <= mark.high + 1e-6


def test_half_of_the_round_trip_is_what_one_look_leaves_unknown() -> None:
    clock = GuestClock([ClockSample("a", 100.0, 7.0, 100.2)])
    mark = clock.host("a", 7.0)
    assert mark is not None
    assert mark.at == pytest.approx(100.1)
    assert mark.uncertainty == pytest.approx(0.1)


def test_the_shortest_trip_of_those_nearby_is_believed() -> None:
    quick = ClockSample("a", 10.0, 1.0, 10.01)
    clock = GuestClock([ClockSample("a", 9.0, 0.5, 11.0), quick, ClockSample("a", 11, 2.5, 14)])
    mark = clock.host("a", 1.1)
    assert mark is not None and mark.uncertainty > 1.0, "the trip on the other side is long"
    alone = GuestClock([ClockSample("a", 9.0, 0.5, 11.0), quick]).host("a", 1.1)
    assert alone is not None and alone.uncertainty < 0.006


def test_another_boot_s_clock_says_nothing() -> None:
    assert GuestClock([ClockSample("a", 1.0, 1.0, 1.0)]).host("b", 1.0) is None


@given(st.floats(0, 1e6), st.floats(0, 1e3), st.floats(0, 1e6), st.floats(0, 1e3))
def test_a_length_of_time_holds_every_pair_of_instants(
    one: float, around: float, other: float, nearby: float
) -> None:
    earlier, later = sorted((Mark(one, around), Mark(other, nearby)), key=lambda mark: mark.at)
    span = Measure.between(earlier, later)
    assert 0 <= span.low <= span.seconds <= span.high
    assert span.low - 1e-6 <= later.at - earlier.at <= span.high + 1e-6
    assert span.uncertainty <= earlier.uncertainty + later.uncertainty + 1e-6


def test_a_lower_bound_has_no_uncertainty_that_could_be_told() -> None:
    assert Measure(3.0, math.inf).seconds == 3.0
    assert math.isinf(Measure(3.0, math.inf).uncertainty)


def test_a_journal_keeps_looks_acks_and_refusals_apart() -> None:
    journal = Journal()
    journal.read(
        '{"n": 1, "boot": "a", "acked": 5.0, "wall": 1e9}\n'
        '{"n": 2, "failed": "ENOSPC", "at": 6.0}\n'
        "\n[]\nnot json\n"
        + sample_line(ClockSample("a", 104.9, 5.0, 105.1))
        + '{"n": 1, "boot": "a", "acked": 9.0}\n'
        '{"n": 3, "boot": "b", "acked": 1.0}\n'
        '{"n": 4, "boot": "a", "ac'
    )
    assert sorted(journal.acks) == [1, 3] and journal.last == 3
    assert journal.refused == {2}
    dated = journal.dated()
    assert list(dated) == [1], "the boot of the third was never looked at"
    assert dated[1].at == pytest.approx(105.0)
