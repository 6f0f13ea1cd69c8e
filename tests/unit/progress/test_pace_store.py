"""Active time, whatever the number of programs, and pauses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pcapra_lab.progress.pace import Pause
from pcapra_lab.progress.store import ProgressStore

MOST = 600.0


@dataclass
class Bench:
    store: ProgressStore
    now: float = 1000.0

    def used(self, step: str = "init") -> float:
        return self.store.steps("borg")[step].seconds


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    times = [1000.0]
    with ProgressStore(tmp_path / "p.sqlite", clock=lambda: opened.now) as store:
        opened = Bench(store, times[0])
        store.enter("borg", "init")
        yield opened


def test_nothing_is_counted_before_the_lab_is_up(bench: Bench) -> None:
    bench.now += 50
    assert bench.store.pace.spend("borg", "init", most=MOST) == 0.0
    assert bench.store.pace.last_seen("borg") is None


def test_time_since_the_last_sign_of_life_is_counted_once(bench: Bench, tmp_path: Path) -> None:
    pace = bench.store.pace
    pace.begin("borg")
    bench.now += 30
    pace.begin("borg")
    assert pace.pending("borg", most=MOST) == 30.0
    with ProgressStore(tmp_path / "p.sqlite", clock=lambda: bench.now) as other:
        assert other.pace.spend("borg", "init", most=MOST) == 30.0
    assert pace.spend("borg", "init", most=MOST) == 0.0
    assert bench.used() == 30.0


def test_an_absence_counts_no_more_than_its_limit_and_a_clock_set_back_nothing(
    bench: Bench,
) -> None:
    pace = bench.store.pace
    pace.begin("borg")
    bench.now += 86_400
    assert pace.spend("borg", "init", most=MOST) == MOST
    bench.now -= 3600
    assert pace.spend("borg", "init", most=MOST) == 0.0
    bench.now += 5
    assert pace.spend("borg", "init", most=MOST) == 5.0


def test_the_clock_stands_still_once_the_lab_is_down(bench: Bench) -> None:
    pace = bench.store.pace
    pace.begin("borg")
    bench.now += 10
    pace.leave("borg", "init", most=MOST)
    bench.now += 100
    assert pace.spend("borg", "init", most=MOST) == 0.0
    pace.begin("borg")
    bench.now += 100
    pace.forget("borg")
    pace.begin("borg")
    bench.now += 7
    assert pace.spend("borg", "init", most=MOST) == 7.0
    assert bench.used() == 17.0


def test_a_pause_lasts_until_it_is_ended_whatever_begins_meanwhile(
    bench: Bench, tmp_path: Path
) -> None:
    pace = bench.store.pace
    pace.begin("borg")
    bench.now += 10
    assert pace.pause("borg", "init", most=MOST)
    assert not pace.pause("borg", "init", most=MOST)
    bench.now += 86_400
    with ProgressStore(tmp_path / "p.sqlite", clock=lambda: bench.now) as other:
        assert other.pace.paused_since("borg") == 1010.0
        other.pace.begin("borg")
        bench.now += 20
        assert other.pace.spend("borg", "init", most=MOST) == 0.0
    assert pace.resume("borg") == 86_420.0
    assert pace.resume("borg") is None
    pace.begin("borg")
    bench.now += 3
    pace.spend("borg", "init", most=MOST)
    assert bench.used() == 13.0
    assert pace.pauses("borg") == (Pause(1010.0, 87_430.0),)


def test_a_new_run_has_a_clock_and_pauses_of_its_own(bench: Bench) -> None:
    pace = bench.store.pace
    pace.begin("borg")
    pace.pause("borg", "init", most=MOST)
    bench.store.restart("borg")
    assert pace.paused_since("borg") is None and pace.last_seen("borg") is None


def test_time_after_the_last_step_is_nobodys(bench: Bench) -> None:
    pace = bench.store.pace
    pace.begin("borg")
    bench.now += 10
    assert pace.spend("borg", None, most=MOST) == 10.0
    assert bench.used() == 0.0


def test_what_was_never_begun_is_not_paused(bench: Bench) -> None:
    with pytest.raises(KeyError, match="restic"):
        bench.store.pace.pause("restic", None, most=MOST)
    bench.store.pace.begin("restic")
    assert bench.store.pace.resume("restic") is None
