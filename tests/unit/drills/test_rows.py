"""Numbered rows, through a client that stands for psql and mysql and keeps them in SQLite."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_machine import LocalMachine, wait_for
from pydantic import ValidationError

from pcapra_lab.content.drill import NumberedWriter
from pcapra_lab.drills.journal import Journal
from pcapra_lab.drills.recorder import Recorder
from pcapra_lab.errors import VmError

CLIENT = """\
#!{python}
import os, re, sqlite3, sys, time
from pathlib import Path

folder = Path({folder!r})
words = dict(w[2:].split("=", 1) for w in sys.argv[1:] if w.startswith("--") and "=" in w)
host = os.environ.get("PGHOST") or words["host"]
secret = os.environ.get("PGPASSWORD") or os.environ.get("MYSQL_PWD")
writes = os.environ.get("PGTARGETSESSIONATTRS") != "any"

def state():
    path = folder / f"{{host}}.state"
    return path.read_text() if path.exists() else ""

if secret != "secret" or state() == "down" or (state() == "standby" and writes):
    print("connexion impossible", file=sys.stderr)
    sys.exit(2)
with (folder / "links").open("a") as links:
    links.write(f"{{host}}\\n")
link = sqlite3.connect(folder / f"{{host}}.db", isolation_level=None, timeout=20)
for line in iter(sys.stdin.readline, ""):
    for statement in filter(None, (one.strip() for one in line.split(";"))):
        while state() == "hung":
            time.sleep(0.05)
        if (name := re.search("table_name = ('.*')", statement)) is not None:
            statement = f"SELECT count(*) FROM sqlite_master WHERE name = {{name[1]}}"
        answer = link.execute(statement).fetchall()
        if state() == "mute" and statement.startswith("INSERT"):
            (folder / f"{{host}}.state").unlink()
            sys.exit(2)
        for row in answer:
            print(row[0], flush=True)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[LocalMachine]:
    made = LocalMachine(tmp_path)
    for name in ("psql", "mysql"):
        program = tmp_path / "bin" / name
        program.write_text(CLIENT.format(python=sys.executable, folder=str(tmp_path)))
        program.chmod(0o755)
    yield made
    made.end()


def writer(engine: str = "postgresql", **more: object) -> NumberedWriter:
    database = {
        "engine": engine,
        "hosts": ["un", "deux"],
        "database": "boutique",
        "account": "caisse",
        "password": "secret",
        "timeout": "500ms",
    }
    return read({"vm": "client", "form": "rows", "database": database | more, "every": "50ms"})


def read(written: dict[str, object]) -> NumberedWriter:
    return NumberedWriter.model_validate_json(json.dumps(written))


class Rows:
    """A drill's rows, and what its journal says."""

    def __init__(self, machine: LocalMachine, tmp_path: Path, written: NumberedWriter) -> None:
        folder = str(machine.folder)
        self.tmp_path = tmp_path
        self.recorder = Recorder(machine, written, "abc", lambda _vm: "", folder=folder)
        self.journal = Journal()
        self.offset = 0

    def follow(self) -> Journal:
        look = self.recorder.look(self.offset)
        self.journal.read(look.lines)
        self.offset = look.offset
        return self.journal

    def until(self, number: int) -> None:
        wait_for(f"row {number}", 30, lambda: self.follow().last >= number)

    def state(self, host: str, state: str) -> None:
        scratch = self.tmp_path / "state"
        scratch.write_text(state)
        scratch.rename(self.tmp_path / f"{host}.state")


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
@pytest.mark.parametrize("connection", ["kept", "fresh"])
def test_committed_rows_are_there(
    machine: LocalMachine, tmp_path: Path, engine: str, connection: str
) -> None:
    one = Rows(machine, tmp_path, writer(engine, connection=connection))
    one.recorder.start()
    one.until(4)
    one.recorder.stop()
    one.follow()
    links = (tmp_path / "links").read_text().splitlines()
    assert (len(links) == 1) == (connection == "kept")
    assert sorted(one.journal.acks) == list(range(1, one.journal.last + 1))
    survey = one.recorder.survey()
    assert set(one.journal.acks) <= survey.present
    assert (survey.corrupt, survey.duplicates, survey.apart) == (0, 0, 0)


def test_what_the_next_server_lacks_is_lost_and_seen_apart(
    machine: LocalMachine, tmp_path: Path
) -> None:
    one = Rows(machine, tmp_path, writer())
    one.state("deux", "standby")
    one.recorder.start()
    one.until(3)
    one.state("un", "hung")
    # Nothing is acknowledged: the row is tried again.
    wait_for("a refusal", 30, lambda: bool(one.follow().refused))
    kept = one.journal.last
    one.state("deux", "")
    one.until(kept + 3)
    one.state("un", "standby")
    one.recorder.stop()
    survey = one.recorder.survey()
    lost = set(one.follow().acks) - survey.present
    assert lost == set(range(1, kept + 1)), "they were never copied"
    assert survey.apart >= kept, "the other history has them"
    one.state("un", "down")
    assert one.recorder.survey().apart == 0, "what cannot be asked is left out"


def test_a_commit_without_an_answer_is_there_twice(machine: LocalMachine, tmp_path: Path) -> None:
    one = Rows(machine, tmp_path, writer())
    one.state("deux", "down")
    one.recorder.start()
    one.until(2)
    one.state("un", "mute")
    wait_for("no answer", 30, lambda: bool(one.follow().refused))
    one.until(one.journal.last + 3)
    one.recorder.stop()
    survey = one.recorder.survey()
    assert survey.duplicates == 1
    assert set(one.follow().acks) <= survey.present


def test_without_any_server_nothing_is_said_of_the_rows(
    machine: LocalMachine, tmp_path: Path
) -> None:
    one = Rows(machine, tmp_path, writer(password="faux"))
    one.recorder.start()
    wait_for("a refusal", 30, lambda: bool(one.follow().refused))
    one.recorder.stop()
    assert not one.journal.acks
    with pytest.raises(VmError, match="connexion impossible"):
        one.recorder.survey()


def test_a_table_that_is_gone_holds_nothing(machine: LocalMachine, tmp_path: Path) -> None:
    assert Rows(machine, tmp_path, writer()).recorder.survey().present == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        {"vm": "client", "form": "rows"},
        {"vm": "client", "form": "rows", "path": "/srv/x"},
        {"vm": "client"},
        writer().model_dump(mode="json") | {"form": "lines"},
        writer().model_dump(mode="json") | {"path": "/srv/x"},
    ],
)
def test_rows_go_to_a_database_and_files_to_a_path(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="rows"):
        read(wrong)


def test_what_a_row_waits_for_is_bounded() -> None:
    with pytest.raises(ValidationError, match="200ms"):
        writer(timeout="1m")
    with pytest.raises(ValidationError, match="table"):
        writer(table="x; DROP TABLE clients")
    assert writer("mysql").database is not None
