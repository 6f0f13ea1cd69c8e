"""Drills in the progress database."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pcapra_lab.progress.records import DrillState
from pcapra_lab.progress.schema import MIGRATIONS, migrate
from pcapra_lab.progress.store import ProgressStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProgressStore]:
    times = iter(range(1, 1000))
    with ProgressStore(tmp_path / "progression.db", clock=lambda: float(next(times))) as opened:
        opened.enter("restic", "rancon")
        yield opened


def put(**values: Any) -> Any:
    return lambda data: data.update(values)


def test_a_drill_is_kept_from_its_declaration_to_its_end(store: ProgressStore) -> None:
    key = store.drills.declare("restic", "rancon", {"targets": 1})
    current = store.drills.current("restic", "rancon")
    assert current is not None
    assert (current.id, current.state, current.data) == (key, DrillState.DECLARED, {"targets": 1})
    store.drills.change(key, DrillState.RUNNING, put(fault="là"))
    assert [one.id for one in store.drills.open("restic")] == [key]
    ended = store.drills.change(key, DrillState.ENDED, put(result=2))
    assert ended.data == {"targets": 1, "fault": "là", "result": 2}
    assert ended.ended_at is not None and ended.ended_at > ended.declared_at
    assert store.drills.open("restic") == []


def test_what_is_over_does_not_change(store: ProgressStore) -> None:
    key = store.drills.declare("restic", "rancon", {})
    store.drills.change(key, DrillState.INTERRUPTED, put(why="quitté"))
    again = store.drills.change(key, DrillState.RUNNING, put(why="autre"))
    assert (again.state, again.data) == (DrillState.INTERRUPTED, {"why": "quitté"})


def test_another_one_takes_its_place_and_history_stays(store: ProgressStore) -> None:
    first = store.drills.declare("restic", "rancon", {})
    store.drills.change(first, DrillState.ENDED, put())
    second = store.drills.declare("restic", "rancon", {})
    current = store.drills.current("restic", "rancon")
    assert current is not None and current.id == second
    assert [one.id for one in store.drills.history("restic")] == [first, second]


def test_what_the_machines_forgot_is_history(store: ProgressStore) -> None:
    store.drills.declare("restic", "rancon", {})
    store.drills.forget("restic", ["autre"])
    assert store.drills.current("restic", "rancon") is not None
    store.drills.forget("restic", ["rancon"])
    assert store.drills.current("restic", "rancon") is None
    assert len(store.drills.history("restic")) == 1


def test_another_run_knows_nothing_of_it(store: ProgressStore) -> None:
    key = store.drills.declare("restic", "rancon", {})
    store.restart("restic")
    assert store.drills.current("restic", "rancon") is None
    assert [one.id for one in store.drills.open("restic")] == [key], "it is still to be cut short"


def test_a_step_must_have_been_entered(store: ProgressStore) -> None:
    with pytest.raises(KeyError):
        store.drills.declare("restic", "inconnue", {})
    with pytest.raises(KeyError):
        store.drills.change(99, DrillState.ENDED, put())


def test_a_database_of_before_drills_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "progression.db"
    old = sqlite3.connect(path, isolation_level=None)
    for statements in MIGRATIONS[:3]:
        for statement in statements:
            old.execute(statement)
    old.execute("PRAGMA user_version = 3")
    old.execute("INSERT INTO runs (id, exercise, number, started_at) VALUES (1, 'restic', 1, 5.0)")
    old.execute("INSERT INTO steps (run, step, entered_at) VALUES (1, 'rancon', 6.0)")
    migrate(old)
    assert old.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    old.close()
    with ProgressStore(path) as store:
        assert store.drills.history("restic") == []
        assert store.drills.declare("restic", "rancon", {}) == 1
