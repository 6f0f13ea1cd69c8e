import pytest

from pcapra_lab.drills.objective import Instant, RtoResult, Timeline, measure_rto


def at(seconds: float, *, boot: str = "a", jump: float = 0.0) -> Instant:
    """``seconds`` after the start, with the wall clock ``jump`` seconds off."""
    return Instant(wall=1_000_000 + seconds + jump, monotonic=50 + seconds, boot=boot)


def measured(target: float = 60.0, *, red: Instant | None, green: Instant) -> RtoResult:
    timeline = Timeline(target)
    timeline.begin(at(0))
    if red:
        timeline.red(red)
    timeline.green(green)
    result = measure_rto(timeline)
    assert result is not None
    return result


def test_recovery_lies_between_the_last_red_and_the_first_green() -> None:
    timeline = Timeline(60.0)
    timeline.begin(at(0))
    for seconds in (5, 20, 31):
        timeline.red(at(seconds))
    timeline.green(at(40))
    assert measure_rto(timeline) == RtoResult(40.0, 9.0, 60.0, True)


def test_nothing_to_measure_yet() -> None:
    timeline = Timeline(60.0)
    assert measure_rto(timeline) is None
    timeline.begin(at(0))
    timeline.red(at(5))
    assert measure_rto(timeline) is None


def test_without_a_red_evaluation_the_uncertainty_is_unknown() -> None:
    assert measured(red=None, green=at(40)) == RtoResult(40.0, None, 60.0, True)


@pytest.mark.parametrize(
    ("green", "red", "met", "certain"),
    [
        (60, 50, True, True),
        (61, 50, False, False),
        (90, 60, False, False),
        (90, 61, False, True),
        (90, None, False, False),
    ],
)
def test_verdict_and_its_certainty(
    green: float, red: float | None, met: bool, certain: bool
) -> None:
    result = measured(red=None if red is None else at(red), green=at(green))
    assert (result.met, result.certain) == (met, certain)


def test_setting_the_clock_changes_nothing() -> None:
    assert measured(red=at(30, jump=-7200), green=at(40, jump=3600)).seconds == 40.0


def test_across_a_reboot_the_wall_clock_serves() -> None:
    reboot = Instant(wall=1_000_000 + 500, monotonic=3, boot="b")
    assert measured(red=at(30), green=reboot) == RtoResult(500.0, 470.0, 60.0, False)


def test_only_the_first_green_counts() -> None:
    timeline = Timeline(60.0)
    timeline.begin(at(0))
    timeline.red(at(5))
    timeline.green(at(10))
    timeline.red(at(20))
    timeline.green(at(30))
    assert measure_rto(timeline) == RtoResult(10.0, 5.0, 60.0, True)


def test_a_new_incident_starts_afresh() -> None:
    timeline = Timeline(60.0)
    timeline.begin(at(0))
    timeline.red(at(5))
    timeline.green(at(10))
    timeline.begin(at(100))
    assert measure_rto(timeline) is None
    timeline.green(at(103))
    assert measure_rto(timeline) == RtoResult(3.0, None, 60.0, True)


def test_evaluations_need_an_incident_before_them() -> None:
    timeline = Timeline(60.0)
    with pytest.raises(ValueError, match="no incident"):
        timeline.green(at(0))
    timeline.begin(at(10))
    with pytest.raises(ValueError, match="precede"):
        timeline.red(at(9))


def test_kept_between_two_runs_of_the_program() -> None:
    timeline = Timeline(60.0)
    assert Timeline.from_json(timeline.to_json()) == timeline
    timeline.begin(at(0))
    timeline.red(at(5))
    assert Timeline.from_json(timeline.to_json()) == timeline
    timeline.green(at(6))
    assert measure_rto(Timeline.from_json(timeline.to_json())) == measure_rto(timeline)


def test_the_present_moves_forward() -> None:
    first, second = Instant.now(), Instant.now()
    assert first.boot == second.boot
    assert 0 <= first.until(second) < 60
