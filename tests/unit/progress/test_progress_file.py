"""The file itself: who may read it, its versions, and what a crash leaves."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pcapra_lab.errors import LabError
from pcapra_lab.progress.database import Database
from pcapra_lab.progress.schema import MIGRATIONS
from pcapra_lab.progress.store import ProgressStore


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "private" / "p.db"
    before = os.umask(0)
    try:
        with ProgressStore(path) as store:
            store.enter("borg", "init")
            assert mode(path.parent) == 0o700
            assert {f.name: mode(f) for f in path.parent.iterdir()} == {
                "p.db": 0o600,
                "p.db-wal": 0o600,
                "p.db-shm": 0o600,
            }
    finally:
        os.umask(before)


def test_a_file_left_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    path.touch(0o666)
    path.chmod(0o666)
    ProgressStore(path).close()
    assert mode(path) == 0o600


def test_settings_that_keep_it_safe(tmp_path: Path) -> None:
    database = Database(tmp_path / "p.db")
    for pragma, value in (
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("synchronous", 2),
        ("busy_timeout", 5000),
        ("user_version", len(MIGRATIONS)),
    ):
        assert database.query(f"PRAGMA {pragma}")[0][0] == value
    tables = database.query("SELECT name, strict FROM pragma_table_list WHERE schema='main'")
    assert all(row["strict"] for row in tables if not row["name"].startswith("sqlite_"))
    database.close()


def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    ProgressStore(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(LabError, match="plus récente") as caught:
        ProgressStore(path)
    assert "à jour" in caught.value.hint
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone()[0] == 99
    raw.close()


def test_a_broken_migration_leaves_the_old_version_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.db"
    with ProgressStore(path) as store:
        seed = store.seed("borg")
    broken = (*MIGRATIONS, ("CREATE TABLE extra (a TEXT) STRICT", "nonsense"))
    monkeypatch.setattr("pcapra_lab.progress.schema.MIGRATIONS", broken)
    with pytest.raises(LabError):
        ProgressStore(path)
    monkeypatch.setattr("pcapra_lab.progress.schema.MIGRATIONS", MIGRATIONS)
    with ProgressStore(path) as store:
        assert store.seed("borg") == seed


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    path.write_text("ceci n'est pas une base de données\n" * 100)
    with pytest.raises(LabError, match=r"p\.db") as caught:
        ProgressStore(path)
    assert "abîmé" in caught.value.hint


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match=r"file/p\.db") as caught:
        ProgressStore(tmp_path / "file" / "p.db")
    assert "droits" in caught.value.hint


def test_another_writer_that_never_ends_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.progress.database.BUSY_SECONDS", 0.1)
    path = tmp_path / "p.db"
    with ProgressStore(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LabError) as caught:
            store.enter("borg", "init")
        assert "Un autre pcapra-lab" in caught.value.hint
        other.execute("ROLLBACK")
        other.close()
        store.enter("borg", "init")
        assert list(store.steps("borg")) == ["init"]


def child(code: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def intact(path: Path) -> bool:
    database = Database(path)
    rows = database.query("PRAGMA integrity_check") + database.query("PRAGMA foreign_key_check")
    database.close()
    return [tuple(row) for row in rows] == [("ok",)]


IN_A_TRANSACTION = """
import pathlib, sys
from pcapra_lab.progress.store import ProgressStore
store = ProgressStore(pathlib.Path(sys.argv[1]))
store.enter("borg", "init")
with store._database.transaction() as db:
    db.execute("UPDATE steps SET seconds = 777")
    for n in range(2000):
        db.execute("INSERT INTO hints SELECT run, step, ?, 0 FROM steps", (n + 1,))
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_kill_in_the_middle_of_a_transaction_keeps_what_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    process = child(IN_A_TRANSACTION, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    kill(process)
    assert intact(path)
    with ProgressStore(path) as store:
        step = store.steps("borg")["init"]
        assert (step.seconds, step.hints_used) == (0, 0)
        store.use_hint("borg", "init", 1)
        assert store.steps("borg")["init"].hints_used == 1


WRITING_FOR_EVER = """
import itertools, pathlib, sys
from pcapra_lab.progress.store import ProgressStore
store = ProgressStore(pathlib.Path(sys.argv[1]))
store.enter("borg", "init")
for n in itertools.count(1):
    store.record_attempt("borg", "init", green=False, seconds=n, outcomes={"c": "fail" * 200})
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_every_write_that_returned_survives_a_kill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "p.db"
    process = child(WRITING_FOR_EVER, path)
    assert process.stdout is not None
    for _ in range(after):
        assert process.stdout.readline()
    kill(process)
    assert intact(path)
    with ProgressStore(path) as store:
        numbers = [attempt.seconds for attempt in store.attempts("borg")]
    assert len(numbers) >= after
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_database_of_the_first_version_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.db"
    monkeypatch.setattr("pcapra_lab.progress.schema.MIGRATIONS", MIGRATIONS[:1])
    Database(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO runs (exercise, number, started_at) VALUES ('borg', 1, 5.0)")
        raw.execute("INSERT INTO steps (run, step, entered_at) VALUES (1, 'init', 6.0)")
    monkeypatch.setattr("pcapra_lab.progress.schema.MIGRATIONS", MIGRATIONS)
    with ProgressStore(path) as store:
        assert store.position("borg") is None
        assert list(store.steps("borg")) == ["init"]
        store.move("borg", "init")
        assert store.position("borg") == "init"
