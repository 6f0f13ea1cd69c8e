"""``faults.json``: what is written, by several at once, and what is made of a strange file."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fault_bench import fault

from pcapra_lab.errors import LabBusy, LabError
from pcapra_lab.lab.faults import turns
from pcapra_lab.lab.faults.ledger import SCHEMA, Ledger
from pcapra_lab.lab.faults.record import MANUAL, FaultState, Moment, Undo
from pcapra_lab.lab.faults.turns import Turn, locked

RECORD = """
import sys
from pathlib import Path
from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.faults.model import parse_fault
from pcapra_lab.lab.faults.record import MANUAL

sys.stdin.readline()
for number in range(10):
    path = f"/{sys.argv[2]}/{number}"
    spec = parse_fault({"kind": "file-corruption", "vm": "srv", "path": path})
    Ledger(Path(sys.argv[1])).arm(spec, MANUAL, {})
"""
HOLD = """
import sys
from pathlib import Path
from pcapra_lab.lab.faults.turns import Turn

with Turn(Path(sys.argv[1])).taken("injection : gel de srv"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_a_faults_life_on_disk(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.read().faults == []
    assert list(tmp_path.iterdir()) == [], "looking writes nothing"
    undo: Undo = {"srv": {"offset": 3, "original": "AAA="}}
    armed = ledger.arm(fault("file-corruption", path="/srv/é"), MANUAL, undo)
    assert (armed.id, armed.state, armed.at) == ("file-corruption-1", FaultState.ARMED, None)
    data = json.loads((tmp_path / "faults.json").read_text())
    assert data["schema_version"] == SCHEMA
    assert data["faults"][0]["spec"] == {
        "vm": "srv",
        "kind": "file-corruption",
        "path": "/srv/é",
        "length": 64,
        "seed": 0,
    }
    assert (tmp_path / "faults.json").stat().st_mode & 0o777 == 0o600, "it holds the answer"

    active = ledger.activate(armed, Moment.now())
    assert Ledger(tmp_path).read().faults == [active]
    assert active.undo == undo
    ledger.lifted(active, ["srv"])
    assert ledger.find(active.id) is None
    # A number never comes back: names in the guests derive from it.
    assert ledger.arm(fault("freeze"), MANUAL, {}).id == "freeze-2"


def test_a_fault_of_several_machines_goes_with_the_last(ledger: Ledger) -> None:
    split = ledger.arm(fault("partition", None, a=["srv"], b=["web", "lb"]), MANUAL, {})
    ledger.lifted(split, ["web"])
    assert ledger.read().faults[0].vms == ["srv", "lb"]
    ledger.lifted(split, ["web", "srv"])
    assert ledger.read().faults[0].vms == ["lb"]
    ledger.lifted(split, ["lb"])
    assert ledger.read().faults == []
    ledger.lifted(split, ["lb"])


def test_an_edit_that_fails_writes_nothing(ledger: Ledger) -> None:
    ledger.arm(fault("freeze"), MANUAL, {})
    with pytest.raises(LabError, match="déjà en cours"):
        ledger.arm(fault("power-cut"), MANUAL, {})
    book = ledger.read()
    assert (book.serial, len(book.faults)) == (1, 1)


def test_unknown_names_are_told_from_faults_that_are_over(ledger: Ledger) -> None:
    armed = ledger.arm(fault("freeze"), MANUAL, {})
    for wrong in ("freeze", "freeze-x", "freeze-2", "-1", "freeze-0"):
        with pytest.raises(LabError, match="n'existe pas \\(en cours : freeze-1\\)"):
            ledger.find(wrong)
    assert ledger.find("freeze-1") == armed
    ledger.clear()
    assert ledger.find("freeze-1") is None


def test_processes_and_threads_that_record_at_once_lose_nothing(
    ledger: Ledger, tmp_path: Path
) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", RECORD, str(tmp_path), str(number)], stdin=subprocess.PIPE
        )
        for number in range(2)
    ]

    def record(name: str) -> None:
        for number in range(10):
            ledger.arm(fault("file-corruption", path=f"/{name}/{number}"), MANUAL, {})

    threads = [threading.Thread(target=record, args=(f"t{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for writer in writers:
        writer.communicate(b"\n")
    for thread in threads:
        thread.join()
    assert [writer.returncode for writer in writers] == [0, 0]
    book = ledger.read()
    assert sorted(f.serial for f in book.faults) == list(range(1, 41))
    assert len({f.spec.slot() for f in book.faults}) == 40


def test_one_of_two_identical_injections_at_once_is_refused(ledger: Ledger) -> None:
    start, results = threading.Barrier(8), []

    def record() -> None:
        start.wait()
        try:
            results.append(ledger.arm(fault("freeze"), MANUAL, {}).id)
        except LabError as error:
            results.append(error.message)

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["déjà en cours : gel de srv (freeze-1)"] * 7 + ["freeze-1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "est illisible"),
        ("[]", "est illisible : 1 anomalie"),
        ('{"schema_version": 9}', "version plus récente du programme \\(schéma 9\\)"),
        ('{"schema_version": 1, "faults": [{"id": "freeze-1"}]}', "faults.0"),
        ('{"schema_version": 1, "panne": 1}', "« panne »"),
    ],
)
def test_a_strange_file_is_never_taken_for_an_empty_one(
    ledger: Ledger, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "faults.json").write_text(text)
    with pytest.raises(LabError, match=said) as raised:
        ledger.read()
    assert str(tmp_path / "faults.json") in raised.value.message
    assert raised.value.hint
    with pytest.raises(LabError):
        ledger.arm(fault("freeze"), MANUAL, {})
    assert (tmp_path / "faults.json").read_text() == text


def test_a_turn_names_its_holder_and_is_freed_by_its_death(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LabBusy) as raised, Turn(tmp_path, 0.1).taken("levée"):
            raise AssertionError("two have the turn")
        assert "injection : gel de srv" in raised.value.message
        assert f"processus {holder.pid}" in raised.value.message
        holder.kill()
    with Turn(tmp_path, 5).taken("levée"):
        text = (tmp_path / "faults.turn").read_text()
    assert text.startswith("levée («")


def test_threads_of_one_process_take_turns_too(tmp_path: Path) -> None:
    turn = Turn(tmp_path, 0.1)
    with turn.taken("injection"):
        seen: list[str] = []

        def other() -> None:
            try:
                with turn.taken("levée"):
                    seen.append("entered")
            except LabBusy as error:
                seen.append(error.message)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert "occupées depuis plus de" in seen[0]


def test_a_lock_that_does_not_come_is_said(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.lab.faults.ledger.LEDGER_SECONDS", 0.1)
    with locked(tmp_path / "faults.lock", turns.LEDGER_SECONDS), pytest.raises(LabBusy):
        ledger.arm(fault("freeze"), MANUAL, {})
    assert ledger.arm(fault("freeze"), MANUAL, {}).id == "freeze-1"
