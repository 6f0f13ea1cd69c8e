import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.grading.watcher import Watcher


def test_nothing_is_due_before_the_shell_is_used() -> None:
    assert Watcher().due_in(100.0) is None


def test_due_once_the_shell_falls_idle() -> None:
    watcher = Watcher(idle=1.0)
    watcher.activity(10.0)
    assert watcher.due_in(10.0) == 1.0
    watcher.activity(10.5)
    assert watcher.due_in(11.0) == 0.5
    assert watcher.due_in(11.5) == 0.0


def test_never_overlaps_itself() -> None:
    watcher = Watcher()
    watcher.activity(0.0)
    watcher.begin(1.0)
    watcher.activity(2.0)
    assert watcher.checking
    assert watcher.due_in(50.0) is None
    with pytest.raises(RuntimeError):
        watcher.begin(50.0)
    watcher.end(51.0)
    with pytest.raises(RuntimeError):
        watcher.end(51.0)


def test_activity_during_a_check_calls_for_another() -> None:
    watcher = Watcher(idle=1.0, rest=2.0, share=0.25)
    watcher.activity(0.0)
    watcher.begin(1.0)
    watcher.end(2.0)
    assert watcher.due_in(1000.0) is None
    watcher.activity(2.0)
    watcher.begin(5.0)
    watcher.activity(5.5)
    watcher.end(6.0)
    assert watcher.due_in(6.0) == 3.0


def test_rest_is_never_shorter_than_asked() -> None:
    watcher = Watcher(idle=0.0, rest=5.0)
    watcher.begin(0.0)
    watcher.end(0.01)
    watcher.activity(0.01)
    assert watcher.due_in(0.01) == pytest.approx(5.0)


def test_endless_activity_is_checked_after_a_while() -> None:
    watcher = Watcher(idle=1.0, patience=20.0)
    for tick in range(100):
        watcher.activity(tick * 0.5)
        if watcher.due_in(tick * 0.5) == 0.0:
            assert tick * 0.5 == 20.0
            return
    pytest.fail("never due")


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_share_must_make_sense(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Watcher(share=share)


@given(
    costs=st.lists(st.floats(0.01, 60), min_size=5, max_size=40),
    share=st.floats(0.05, 0.9),
)
def test_cost_stays_within_its_share(costs: list[float], share: float) -> None:
    watcher = Watcher(idle=0.0, rest=0.0, share=share)
    now = 0.0
    for cost in costs:
        watcher.activity(now)
        wait = watcher.due_in(now)
        assert wait is not None
        now += wait
        watcher.begin(now)
        now += cost
        watcher.end(now)
    watcher.activity(now)
    now += watcher.due_in(now) or 0.0
    assert sum(costs) <= share * now * 1.000001
