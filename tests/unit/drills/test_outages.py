"""Cuts and recoveries, from what probes saw: the true ones are always within what is told."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.drills.clocks import MAX_DRIFT, ClockSample, GuestClock, Mark
from pcapra_lab.drills.outages import Probed, cuts, outage, recovered, settled
from pcapra_lab.drills.stream import Stream, Try, look_line

EVERY, TIMEOUT = 0.1, 0.1


def tried(began: float, up: bool | None, took: float = 0.005, due: float | None = None) -> Try:
    return Try("a", began if due is None else due, began, began + took, up)


def row(*ups: bool | None, start: float = 10.0) -> list[Try]:
    """One try each tenth of a second."""
    return [tried(start + i * EVERY, up) for i, up in enumerate(ups)]


def probed(tries: list[Try], offset: float = 0.0, trip: float = 0.0) -> Probed:
    """On a machine whose clock is that much behind the host's."""
    ends = [tries[0].began - 1, tries[-1].ended + 1] if tries else []
    looks = [ClockSample("a", at + offset - trip, at, at + offset + trip) for at in ends]
    return Probed("page", "Page", 0.05, tries, GuestClock(looks))


def seen(
    down: list[tuple[float, float]], hitches: list[float], length: float, *, silent: bool
) -> list[Try]:
    """What a client sees of a service that is down from and to these instants.

    Args:
        hitches: how late it is for each try, one after the other; a turn missed is left out.
    """
    tries: list[Try] = []
    due, place = 0.0, 0
    while due < length:
        late = hitches[place % len(hitches)]
        place += 1
        began = due + late
        # The service is asked at some instant of the try.
        asked = began + 0.002
        up = not any(start <= asked < end for start, end in down)
        took = 0.004 + late / 3 if up or not silent else TIMEOUT + late / 3
        tries.append(Try("a", due, began, began + took, up))
        due += EVERY * (1 + int(late / EVERY))
    return tries


HITCHES = st.lists(
    st.one_of(st.floats(0, 0.02), st.floats(0, 0.02), st.floats(0, 1.5)), min_size=1, max_size=40
)


@given(st.floats(2.5, 20), st.floats(0.5, 15), HITCHES, st.booleans())
def test_the_true_length_of_a_cut_is_within_the_uncertainty(
    start: float, length: float, hitches: list[float], silent: bool
) -> None:
    tries = seen([(start, start + length)], hitches, start + length + 5, silent=silent)
    assert any(one.up for one in tries if one.began < start)
    found = cuts(tries)
    if not found:
        assert length <= max(hitches) + 2 * EVERY, "only a client as late as that may miss it"
        return
    assert len(found) == 1
    assert found[0].length.low - 1e-6 <= length <= found[0].length.high + 1e-6


@given(st.floats(2.5, 20), st.floats(0.5, 15), st.lists(st.floats(0, 0.02), min_size=1))
def test_in_ordinary_conditions_the_uncertainty_is_small(
    start: float, length: float, hitches: list[float]
) -> None:
    """A drop without carrier loss: every try is awaited to its time-out."""
    tries = seen([(start, start + length)], hitches, start + length + 5, silent=True)
    [cut] = cuts(tries)
    assert cut.length.uncertainty <= 0.25
    one = probed(tries, offset=1000.0, trip=0.04)
    fault = Mark(start + 1000.0, 0.05)
    back = recovered([one], fault, hold=1.0)
    assert back is not None and back.low <= start + length + 1000.0 <= back.high
    assert back.uncertainty + fault.uncertainty <= 0.3


@given(
    st.lists(st.tuples(st.floats(0.6, 5), st.floats(0.5, 4)), min_size=1, max_size=4),
    st.lists(st.floats(0, 0.02), min_size=1),
    st.booleans(),
)
def test_several_cuts_add_up(
    parts: list[tuple[float, float]], hitches: list[float], silent: bool
) -> None:
    down: list[tuple[float, float]] = []
    at = 2.0
    for gap, length in parts:
        down.append((at + gap, at + gap + length))
        at += gap + length
    tries = seen(down, hitches, at + 3, silent=silent)
    told = outage(probed(tries), Mark(1.0, 0.01))
    assert told.cuts == len(down)
    total = sum(end - start for start, end in down)
    assert told.total.low - 1e-6 <= total <= told.total.high + 1e-6
    longest = max(end - start for start, end in down)
    assert told.longest.low - 1e-6 <= longest


def test_what_says_nothing_widens_and_is_counted() -> None:
    tries = row(True, True, None, None, False, False, None, True, True)
    [cut] = cuts(tries)
    assert (cut.before, cut.after) == (tries[1], tries[7])
    assert cut.length.low == pytest.approx(0.095 * (1 - MAX_DRIFT))
    assert cut.length.high == pytest.approx(0.605 * (1 + MAX_DRIFT))
    told = outage(probed(tries), Mark(10.0))
    assert (told.unknown, told.tries) == (3, 9)


def test_a_cut_that_lasts_or_began_unseen_has_no_upper_bound() -> None:
    for ups in ((True, False, False, False), (False, False, False, True)):
        [cut] = cuts(row(*ups))
        assert math.isinf(cut.length.high) and cut.length.low > 0.19


def test_what_was_cut_before_the_fault_is_not_its_doing() -> None:
    tries = row(True, False, False, True, True, True, False, True, True)
    told = outage(probed(tries), Mark(10.45, 0.0))
    assert told.cuts == 1 and told.total.high < 0.25


def test_no_cut_at_all_is_an_outage_of_nothing() -> None:
    told = outage(probed(row(True, True, True)), Mark(10.0))
    assert (told.cuts, told.total.high, told.longest.high) == (0, 0.0, 0.0)


def test_the_recovery_is_the_first_success_that_lasts_for_all_probes() -> None:
    first = row(*[True] * 5, *[False] * 10, True, False, *[True] * 40)
    second = row(*[True] * 5, *[False] * 20, *[True] * 32)
    fault = Mark(10.45, 0.01)
    one = recovered([probed(first)], fault, hold=1.0)
    assert one is not None and one.low <= 11.7 <= one.high + 0.01
    both = recovered([probed(first), probed(second)], fault, hold=1.0)
    assert both is not None and both.low <= 12.5 <= both.high
    assert recovered([probed(first), probed(second[:30])], fault, hold=1.0) is None
    assert recovered([probed(first), probed([])], fault, hold=1.0) is None
    assert recovered([], fault, hold=1.0) is None


def test_a_fault_that_clients_never_feel_is_recovered_at_once() -> None:
    back = recovered([probed(row(*[True] * 40))], Mark(11.0, 0.02), hold=1.0)
    assert back is not None and back.low <= 11.0 and back.high < 11.2


@pytest.mark.parametrize(
    ("ups", "hold", "said"),
    [
        ([False, *[True] * 15], 1.0, True),
        ([False, *[True] * 8], 1.0, False),
        ([*[True] * 20, False], 1.0, False),
        ([*[True] * 15, None, None], 1.0, True),
        ([None] * 15, 1.0, False),
        ([], 1.0, False),
    ],
)
def test_lasting_is_told_from_the_latest_tries(
    ups: list[bool | None], hold: float, said: bool
) -> None:
    assert settled(probed(row(*ups)), hold) is said


def test_lateness_is_the_client_s_own() -> None:
    late = [
        Try("a", 10.0, 10.0, 10.01, True),
        Try("a", 10.1, 10.3, 10.31, True, missed=2),
        Try("a", 10.4, 10.4, 10.6, True, lag=0.12),
    ]
    told = outage(probed(late), Mark(9.0))
    assert told.late == pytest.approx(0.2) and told.missed == 2
    assert [one.late for one in late] == pytest.approx([0.0, 0.2, 0.12])


def test_a_stream_survives_lines_that_make_no_sense_or_come_twice() -> None:
    stream = Stream()
    lines = (
        '{"p":"page","n":0,"due":1.0,"began":1.0,"ended":1.1,"up":true}\n'
        '{"hello":"a","mono":5.0,"up":7.5}\n'
        '{"p":"page","n":1,"due":6.0,"began":6.0,"ended":6.1,"up":true}\n'
        '{"p":"page","n":2,"due":6.1,"began":6.1,"ended":6.2,"up":false,"why":"refused"}\n'
        '{"s":"vip","began":6.0,"at":6.0,"value":"lb1"}\n'
        '{"s":"vip","began":7.0,"at":7.0,"value":null}\n'
        '[]\nnot json\n{"p":"page","up":1,"due":1,"began":1,"ended":2}\n{"p":"page"}\n{"s":"vip"}\n'
        + look_line(ClockSample("a", 100.0, 8.5, 100.2))
        + look_line(ClockSample("b", 1.0, 1.0, 1.0))
        + '{"p":"page","n":3,"due":6.2,"beg'
    )
    stream.read(lines)
    stream.read(lines.partition("\n")[2])
    told = [(one.boot, one.up) for one in stream.tries["page"]]
    assert told == [("", True), ("a", True), ("a", False)]
    assert [one.value for one in stream.sights["vip"]] == ["lb1", None]
    mark = stream.clock.host("a", 6.0)
    assert mark is not None and mark.at == pytest.approx(100.1)
    assert stream.clock.host("b", 1.0) is None, "its clocks were never told apart"


def test_another_boot_is_another_cut() -> None:
    before, after = row(True, False), [replace(one, boot="b") for one in row(False, True)]
    assert [cut.boot for cut in cuts([*before, *after])] == ["a", "b"]
