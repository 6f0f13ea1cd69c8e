"""Recovery, loss and verdicts, computed from what was seen."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.drills.clocks import ClockSample, Mark, Measure
from pcapra_lab.drills.journal import Journal, Survey, numbers, sample_line
from pcapra_lab.drills.measures import (
    Loss,
    Observation,
    Place,
    Verdict,
    loss,
    place,
    restored,
    verdict,
)
from pcapra_lab.drills.result import DrillResult, measure
from pcapra_lab.drills.timeline import Moment, Targets, Timeline

FAULT = Mark(100.0, 0.5)


def saw(*looks: tuple[float, bool]) -> list[Observation]:
    """Looks of one second each, from these instants on."""
    return [Observation(began, began + 1, up) for began, up in looks]


def timeline(looks: list[Observation], **targets: float) -> Timeline:
    made = Timeline("hote", Targets(**targets))
    made.mark(Moment.FAULT, FAULT, 0.0)
    for one in looks:
        made.look(one.began, one.ended, up=one.up)
    return made


def test_recovery_is_between_the_last_failure_and_the_first_success() -> None:
    back = restored(saw((101, False), (120, False), (130, True), (140, True)), FAULT)
    assert back == Mark.between(120, 131)


def test_a_success_that_does_not_last_is_not_the_recovery() -> None:
    looks = saw((101, False), (110, True), (115, False), (120, True), (124, True))
    assert restored(looks, FAULT, hold=5) is None
    assert restored([*looks, *saw((126, True))], FAULT, hold=5) == Mark.between(115, 121)
    assert restored(looks, FAULT) == Mark.between(101, 111), "nothing was to last"


def test_what_was_seen_before_the_fault_is_no_recovery() -> None:
    assert restored(saw((90, False), (95, True), (99.8, True)), FAULT) is None
    assert restored(saw((95, True), (110, True)), FAULT) == Mark.between(99.5, 111)


LOOKS = st.lists(st.booleans(), max_size=40)


@given(LOOKS, st.floats(0, 20), st.floats(0.1, 5))
def test_keeping_the_ends_of_each_row_of_looks_changes_nothing(
    ups: list[bool], hold: float, every: float
) -> None:
    looks = saw(*((101 + i * (1 + every), up) for i, up in enumerate(ups)))
    kept = timeline(looks).looks
    assert restored(kept, FAULT, hold) == restored(looks, FAULT, hold)


@given(st.floats(0, 500), st.floats(0.2, 30), st.floats(0.01, 3))
def test_the_true_recovery_is_within_the_uncertainty(
    outage: float, every: float, takes: float
) -> None:
    up_again = FAULT.at + outage
    count = int((outage + 2 * every + 2 * takes) / every) + 2
    looks = []
    for i in range(count):
        began = FAULT.high + i * (every + takes)
        # Judged at some moment of the look: here at its end.
        looks.append(Observation(began, began + takes, began + takes >= up_again))
    back = restored(looks, FAULT)
    assert back is not None
    assert back.low <= max(up_again, back.low) and up_again <= back.high + 1e-6
    if up_again > FAULT.high + takes:
        assert back.low - 1e-6 <= up_again
    assert back.uncertainty <= (every + 2 * takes) / 2 + FAULT.uncertainty + 1e-6


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.0, 4.9, Verdict.MET),
        (5.0, 5.0, Verdict.MET),
        (4.9, 5.1, Verdict.UNDECIDED),
        (5.1, 6.0, Verdict.MISSED),
        (5.1, math.inf, Verdict.MISSED),
        (0.0, math.inf, Verdict.UNDECIDED),
    ],
)
def test_a_verdict_says_when_it_would_be_a_guess(low: float, high: float, said: Verdict) -> None:
    assert verdict(Measure(low, high), 5.0) is said


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
def test_a_decided_verdict_is_right_for_any_truth_within(
    one: float, other: float, target: float, where: float
) -> None:
    low, high = sorted((one, other))
    true = low + (high - low) * where
    said = verdict(Measure(low, high), target)
    if said is Verdict.MET:
        assert true <= target + 1e-9
    elif said is Verdict.MISSED:
        assert true > target - 1e-9
    else:
        assert low <= target < high


@pytest.mark.parametrize(
    ("low", "high", "where"),
    [
        (0.0, 9.9, Place.BELOW),
        (0.0, 10.0, Place.WITHIN),
        (20, 30, Place.WITHIN),
        (21, 30, Place.ABOVE),
    ],
)
def test_a_measure_is_placed_in_the_band_of_its_tool(low: float, high: float, where: Place) -> None:
    assert place(Measure(low, high), (10.0, 20.0)) is where


def acked(*at: float, uncertainty: float = 0.1) -> dict[int, Mark]:
    return {number: Mark(when, uncertainty) for number, when in enumerate(at, 1)}


def test_nothing_lost_is_an_age_of_nothing() -> None:
    lost = loss(acked(90, 95, 99), FAULT, Survey(numbers([(1, 3)])))
    assert (lost.lost, lost.acknowledged, lost.last_kept) == (0, 3, 3)
    assert lost.age == Measure(0.0, 0.0)


def test_the_age_goes_from_the_last_write_kept_to_the_fault() -> None:
    lost = loss(acked(80, 85, 90, 95), FAULT, Survey(numbers([(1, 2)])))
    assert (lost.lost_before, lost.last_kept) == (2, 2)
    assert lost.age.seconds == pytest.approx(15.0)
    assert lost.age.uncertainty == pytest.approx(0.6)


def test_a_hole_counts_from_before_it() -> None:
    lost = loss(acked(80, 85, 90, 95), FAULT, Survey(frozenset({1, 3, 4}), corrupt=1))
    assert (lost.lost_before, lost.last_kept, lost.corrupt) == (1, 1, 1)
    assert lost.age.seconds == pytest.approx(20.0)


def test_all_lost_is_at_least_as_old_as_the_first_write() -> None:
    lost = loss(acked(80, 85), FAULT, Survey())
    assert lost.lost == 2 and lost.last_kept == 0
    assert lost.age.low == pytest.approx(19.4) and math.isinf(lost.age.high)


def test_what_was_written_after_the_fault_is_lost_apart() -> None:
    lost = loss(acked(90, 95, 110, 120), FAULT, Survey(numbers([(1, 2)])))
    assert (lost.lost_before, lost.lost_after) == (0, 2)
    assert lost.age == Measure(0.0, 0.0)


def test_a_write_too_near_to_the_fault_to_tell_may_be_no_loss_of_before() -> None:
    lost = loss(acked(90, 100.2), FAULT, Survey(numbers([(1, 1)])))
    assert lost.lost_before == 1
    assert lost.age.low == 0.0 and lost.age.high == pytest.approx(10.6)


def test_a_lost_write_that_cannot_be_dated_makes_the_age_unknown() -> None:
    lost = loss(acked(90), FAULT, Survey(numbers([(1, 1)])), undated=[1, 2])
    assert (lost.acknowledged, lost.lost_before) == (2, 1)
    assert verdict(lost.age, 1e9) is Verdict.UNDECIDED


WRITES = st.lists(st.floats(0, 200), min_size=1, max_size=40, unique=True).map(sorted)


@given(WRITES, st.data())
def test_every_acknowledged_write_is_kept_or_lost(at: list[float], data: st.DataObject) -> None:
    writes = acked(*at)
    kept = data.draw(st.sets(st.sampled_from(sorted(writes))))
    lost = loss(writes, FAULT, Survey(frozenset(kept)))
    assert lost.lost == len(writes) - len(kept)
    before = [n for n in writes if writes[n].low <= FAULT.high]
    assert lost.lost_before == len([n for n in before if n not in kept])
    if lost.lost_before == 0:
        assert lost.age == Measure(0.0, 0.0)
    else:
        oldest = next(n for n in before if n not in kept)
        assert lost.age.high >= FAULT.at - writes[oldest].at - 1e-6
        assert lost.last_kept == oldest - 1


@given(WRITES, st.integers(0, 40))
def test_an_older_backup_never_loses_less(at: list[float], newest: int) -> None:
    writes = acked(*at)
    older, newer = (loss(writes, FAULT, Survey(numbers([(1, n)]))) for n in (newest, newest + 1))
    assert older.lost >= newer.lost and older.age.low >= newer.age.low


def a_journal() -> Journal:
    journal = Journal()
    journal.read(sample_line(ClockSample("a", 9.99, 10.0, 10.01)))
    journal.read(sample_line(ClockSample("a", 299.99, 300.0, 300.01)))
    for number, at in enumerate((80, 85, 90, 110), 1):
        journal.read(f'{{"n": {number}, "boot": "a", "acked": {at}}}')
    return journal


def test_the_whole_result_of_a_drill_comes_back_from_the_store() -> None:
    line = timeline(saw((101, False), (120, False), (130, True)), rto=60.0, rpo=5.0)
    line.mark(Moment.DIAGNOSED, Mark(107.0, 0.01), 7.0)
    line.mark(Moment.DIAGNOSED, Mark(109.0), 9.0)
    line = Timeline.from_data(line.to_data())
    bands = {"rto": (1.0, 10.0), "rpo": (0.0, 60.0)}
    result = measure(line, a_journal(), Survey(numbers([(1, 2)])), bands=bands)
    assert result.rto and result.rpo and result.detection and result.loss
    assert (result.rto.verdict, result.rto.place) == (Verdict.MET, Place.ABOVE)
    assert (result.rpo.verdict, result.rpo.place) == (Verdict.MISSED, Place.WITHIN)
    assert result.detection.seconds == pytest.approx(7.0), "the first diagnosis counts"
    assert (result.loss.lost_before, result.loss.lost_after) == (1, 1)
    assert DrillResult.from_data(result.to_data()) == result


def test_what_did_not_happen_is_not_measured() -> None:
    line = Timeline("hote")
    assert measure(line, a_journal(), Survey()) == DrillResult(None, None, None, None)
    line.mark(Moment.FAULT, FAULT, 0.0)
    assert measure(line, a_journal(), None) == DrillResult(None, None, None, None)
    lost = measure(line, a_journal(), Survey()).loss
    assert isinstance(lost, Loss) and lost.lost_before == 3 and lost.lost_after == 1
