"""How the watcher spaces out its looks."""

import pytest
from fake_clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.ui.lesson.watcher import WatchPolicy


class Eager:
    """Somebody who types without end, before a watcher that looks as soon as it may."""

    def __init__(self, rest: float = 0.0) -> None:
        self.clock = FakeClock()
        self.policy = WatchPolicy(self.clock, rest, 0.05)
        self.began = self.clock.now
        self.waits: list[float] = []

    def look(self, cost: float) -> None:
        self.waits.append(self.policy.delay())
        self.clock.now += self.waits[-1]
        self.policy.begins()
        self.clock.now += cost
        self.policy.ends()

    @property
    def passed(self) -> float:
        """Until it may look again."""
        return self.clock.now + self.policy.delay() - self.began


def test_a_rest_is_left_after_each_grading() -> None:
    clock = FakeClock()
    policy = WatchPolicy(clock, 3.0, 0.05)
    assert policy.delay() == 0.0
    policy.ends()
    assert policy.delay() == 3.0
    clock.now += 2.5
    assert policy.delay() == pytest.approx(0.5)
    clock.now += 10.0
    assert policy.delay() == 0.0


def test_what_was_asked_for_costs_the_watcher_nothing() -> None:
    clock = FakeClock()
    policy = WatchPolicy(clock, 3.0, 0.05)
    for _ in range(10):
        clock.now += 60.0
        policy.ends()
    assert policy.delay() == 3.0


def test_a_few_looks_follow_each_other_at_once_and_the_budget_comes_back() -> None:
    eager = Eager(rest=3.0)
    for _ in range(6):
        eager.look(0.5)
    assert eager.waits[:4] == pytest.approx([0.0, 3.0, 3.0, 3.0])
    assert eager.waits[5] > 3.0
    eager.clock.now += 60.0
    eager.look(0.5)
    assert eager.waits[-1] == 0.0


@given(costs=st.lists(st.floats(0.01, 1.0), min_size=5, max_size=80))
def test_cheap_looks_keep_to_their_share_in_the_long_run(costs: list[float]) -> None:
    eager = Eager()
    for cost in costs:
        eager.look(cost)
    # 1.5 s are the budget of the beginning.
    assert sum(costs) <= 0.05 * eager.passed + 1.5 + 1e-6


@given(cost=st.floats(1.0, 600.0), count=st.integers(1, 30))
def test_a_costly_look_is_not_put_off_for_ever(cost: float, count: int) -> None:
    eager = Eager()
    for _ in range(count):
        eager.look(cost)
    assert max(eager.waits) <= max(20.0, 3 * cost) + 1e-6
    assert cost * count <= 0.25 * eager.passed * 1.000001
