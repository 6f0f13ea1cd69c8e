import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from pcapra_lab.progress.records import Attempt, ResumePoint, RtoRecord, StepMark
from pcapra_lab.progress.store import ProgressStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProgressStore]:
    ticks = count(1000)
    with ProgressStore(tmp_path / "progress" / "p.db", clock=lambda: float(next(ticks))) as opened:
        yield opened


def again(tmp_path: Path) -> ProgressStore:
    return ProgressStore(tmp_path / "progress" / "p.db")


def test_seed_is_drawn_once_per_exercise(store: ProgressStore, tmp_path: Path) -> None:
    seed = store.seed("borg")
    assert len(bytes.fromhex(seed)) == 16
    assert store.seed("borg") == seed
    assert store.seed("restic") != seed
    store.restart("borg")
    with again(tmp_path) as other:
        assert other.seed("borg") == seed


def test_an_untouched_exercise_is_empty(store: ProgressStore) -> None:
    assert store.run_number("borg") == 0
    assert store.steps("borg") == {}
    assert store.attempts("borg") == ()
    assert store.rto_results("borg") == ()
    assert store.resume() is None
    assert store.last_used("borg") == 0.0


def test_a_step_from_entering_to_done(store: ProgressStore, tmp_path: Path) -> None:
    store.enter("borg", "init")
    store.enter("borg", "init")
    store.setup_done("borg", "init")
    store.save_timeline("borg", "init", "{}")
    store.use_hint("borg", "init", 1)
    store.use_hint("borg", "init", 1)
    current = store.steps("borg")["init"]
    assert current.mark is StepMark.CURRENT
    assert current.earned(10) == 0
    store.finish("borg", "init", next_step="create")
    with again(tmp_path) as other:
        steps = other.steps("borg")
        assert list(steps) == ["init", "create"]
        done = steps["init"]
        assert done.mark is StepMark.DONE
        assert (done.seconds, done.setup_done, done.hints_used) == (0.0, True, 1)
        assert (done.timeline, done.earned(10)) == ("{}", 8)
        assert steps["create"].mark is StepMark.CURRENT
        assert not steps["create"].setup_done
        resume = other.resume()
        assert resume is not None
        assert (resume.exercise, resume.step) == ("borg", "create")


def test_solution_marks_the_step_as_helped(store: ProgressStore) -> None:
    store.enter("borg", "init")
    store.use_solution("borg", "init")
    assert store.steps("borg")["init"].mark is StepMark.CURRENT
    store.finish("borg", "init", next_step=None)
    step = store.steps("borg")["init"]
    assert (step.mark, step.earned(10)) == (StepMark.HELPED, 0)
    resume = store.resume()
    assert isinstance(resume, ResumePoint)
    assert resume.step is None


def test_finishing_twice_keeps_the_first_date(store: ProgressStore) -> None:
    store.enter("borg", "init")
    store.finish("borg", "init", next_step="create")
    first = store.steps("borg")["init"].finished_at
    store.finish("borg", "init", next_step="create")
    assert store.steps("borg")["init"].finished_at == first


def test_restart_keeps_history(store: ProgressStore) -> None:
    store.enter("borg", "init")
    store.record_attempt("borg", "init", green=False, seconds=1.5, outcomes={"c": "fail"})
    store.finish("borg", "init", next_step="create")
    assert store.restart("borg") == 2
    assert store.steps("borg") == {}
    store.enter("borg", "init")
    store.record_attempt("borg", "init", green=True, seconds=2.0, outcomes={"é": "pass"})
    assert store.steps("borg")["init"].mark is StepMark.CURRENT
    first, second = store.attempts("borg")
    assert first == Attempt(1, "init", first.at, False, 1.5, {"c": "fail"})
    assert second == Attempt(2, "init", second.at, True, 2.0, {"é": "pass"})
    assert store.last_used("borg") == second.at


def test_exercises_do_not_mix(store: ProgressStore) -> None:
    store.enter("borg", "init")
    store.enter("restic", "init")
    store.use_hint("borg", "init", 1)
    assert store.steps("restic")["init"].hints_used == 0
    assert store.restart("borg") == 2
    assert list(store.steps("restic")) == ["init"]


def test_rto_is_kept(store: ProgressStore) -> None:
    store.enter("borg", "init")
    for uncertainty, met in ((None, True), (3.0, False)):
        store.record_rto(
            "borg", "init", seconds=61.0, uncertainty_seconds=uncertainty, target=60.0, met=met
        )
    first, second = store.rto_results("borg")
    assert first == RtoRecord(1, "init", first.at, 61.0, None, 60.0, True)
    assert second == RtoRecord(1, "init", second.at, 61.0, 3.0, 60.0, False)


def test_a_step_never_entered_is_refused(store: ProgressStore) -> None:
    with pytest.raises(KeyError, match="borg/init"):
        store.use_hint("borg", "init", 1)
    store.enter("borg", "init")
    store.restart("borg")
    with pytest.raises(KeyError, match="borg/init"):
        store.finish("borg", "init", next_step=None)


def test_threads_share_a_store(store: ProgressStore) -> None:
    store.enter("borg", "init")

    def play() -> None:
        for _ in range(25):
            store.record_attempt("borg", "init", green=False, seconds=1.0, outcomes={})

    threads = [threading.Thread(target=play) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.attempts("borg")) == 100


def test_two_processes_worth_of_stores_take_turns(store: ProgressStore, tmp_path: Path) -> None:
    store.enter("borg", "init")
    with again(tmp_path) as other:
        for _ in range(10):
            for one in (store, other):
                one.record_attempt("borg", "init", green=False, seconds=1.0, outcomes={})
        assert len(other.attempts("borg")) == 20
