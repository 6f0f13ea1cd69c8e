"""A surprise drill in a replay: a draw, then each fault of the pool, then the decoys."""

import threading
from pathlib import Path

import fake_playground
import pytest
from fake_playground import MAKES_PASS, open_desk
from local_machine import LocalMachine
from session_course import COURSE
from surprise_course import PROBES, SURPRISE

from pcapra_lab.lab.progress import ignore
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session import replayed_drill
from pcapra_lab.session.replay import Replay, ReplayResult

EXERCISE = "exercises/panne/exercise.yaml"
STAGES = [
    "rouge avant", "vert après", "mutant fige", "panne casse", "panne réparée casse",
    "panne figee", "panne réparée figee", "leurres",
]  # fmt: skip


class Machines(LocalMachine):
    """Faults are gone once the solution has run since, or once they were lifted."""

    ground: fake_playground.Ground
    blind: str = ""
    """Of the command that always succeeds."""
    stubborn: str = ""
    """Of the one that always fails."""

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        asked = argv[-1].rpartition("/")[2]
        if asked == self.stubborn:
            return CommandResult(1, b"", b"")
        there = bool(self.ground.faults)
        if asked == "repare":
            ran = [x for x in self.ground.ran if x in ("setup/incident.sh", "solution/20-srv.sh")]
            there = ran[-1] == "setup/incident.sh"
        return CommandResult(int(there and asked != self.blind), b"", b"")


def replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **faulty: str
) -> tuple[ReplayResult, list[str], list[str]]:
    drill = f"    drill:\n      title: Une garde\n      {SURPRISE.format(folder=tmp_path)}"
    text = COURSE[EXERCISE].replace("    objective: {rto: 10m}\n", drill + PROBES.format(port=80))
    text = text.replace("    setup:\n      - {vm: srv, script: setup/incident.sh}\n", "")
    monkeypatch.setitem(COURSE, EXERCISE, text)
    solved = {"installe", "repond", "redemarre"}
    monkeypatch.setitem(MAKES_PASS, "solution/10-srv.sh", solved)
    monkeypatch.setitem(fake_playground.BREAKS, "freeze", {"repond"})
    for script in ("mutants/vide.sh", "mutants/faux.sh"):
        monkeypatch.setitem(
            fake_playground.BREAKS, script, {"installe"} if not faulty.get("decoy") else {"repond"}
        )
    monkeypatch.setattr(replayed_drill, "PATIENCE", 0.2)
    with open_desk(tmp_path, monkeypatch) as desk:
        machine = Machines(tmp_path)
        machine.ground = desk.ground
        machine.blind, machine.stubborn = faulty.get("blind", ""), faulty.get("stubborn", "")
        desk.ground.command = machine
        replay = Replay(desk.installation, "panne", "g", mutants=None, on_row=lambda _row: None)
        result = replay.run(ignore, threading.Event())
        assert desk.ground.faults == {}
        return result, list(desk.ground.ran), list(desk.ground.calls)


def test_a_pool_is_proved_fault_by_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result, ran, calls = replayed(tmp_path, monkeypatch)
    assert result.ok, [row for row in result.rows if not row.ok]
    assert [row.stage for row in result.rows if row.step == "incident"] == STAGES
    assert ran.count("setup/incident.sh") == 2, "drawn once, then alone"
    made = [call for call in calls if call.startswith(("inject", "lift", "rewind"))]
    # Somebody plugs it back in before the solution; the lab's record is then clean.
    first = made.index("inject freeze")
    assert made[first + 1] == "lift freeze-1"
    assert made.count("rewind fin-incident") == 4, "nothing of a fault is left for the next"


@pytest.mark.parametrize(
    ("faulty", "stage", "words"),
    [
        ({"blind": "repare"}, "panne casse", "« repaired » réussit alors que la panne est là"),
        ({"stubborn": "relancee"}, "panne réparée figee", "« repaired » échoue après la solution"),
        ({"decoy": "repond"}, "leurres", "devrait réussir après la solution"),
    ],
)
def test_a_pool_that_lies_is_no_proof(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    faulty: dict[str, str],
    stage: str,
    words: str,
) -> None:
    result, _ran, _calls = replayed(tmp_path, monkeypatch, **faulty)
    wrong = [row for row in result.rows if not row.ok and row.step == "incident"]
    assert [row.stage for row in wrong] == [stage], wrong
    assert words in wrong[0].detail
