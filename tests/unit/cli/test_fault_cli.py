"""The fault commands: what is typed becomes a fault, and what happened is said."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pcapra_lab.cli import fault as command
from pcapra_lab.errors import LabError
from pcapra_lab.lab.faults.errors import FaultsLeft
from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.faults.model import FaultSpec, parse_fault
from pcapra_lab.lab.faults.record import (
    MANUAL,
    Active,
    FaultState,
    Lifted,
    Moment,
    Owner,
    ProcessId,
)


@dataclass
class FakeFaults:
    """``FaultInjector`` on a real ledger, without a machine."""

    ledger: Ledger
    stuck: set[str] = field(default_factory=set)
    at_injection: list[Any] = field(default_factory=list)
    """Called once a fault is active."""
    owners: list[Owner] = field(default_factory=list)

    def active(self) -> list[Active]:
        return self.ledger.read().faults

    def inject(self, spec: FaultSpec, owner: Owner = MANUAL) -> Active:
        self.owners.append(owner)
        armed = self.ledger.arm(spec, owner, {"srv": {"original": "c2VjcmV0"}})
        at = Moment(wall=0.0, monotonic=1.0, boot="b", uncertainty=0.02)
        active = self.ledger.activate(armed, at)
        for act in self.at_injection:
            act(self)
        return active

    def lift(self, fault_id: str) -> Lifted | None:
        found = self.ledger.find(fault_id)
        if found is None:
            return None
        [lifted] = self._lift([found])
        return lifted

    def lift_all(self) -> list[Lifted]:
        return self._lift(self.active())

    def _lift(self, faults: list[Active]) -> list[Lifted]:
        left = [f for f in faults if f.id in self.stuck]
        lifted = [Lifted(f, Moment.now(), f"note {f.id}") for f in faults if f not in left]
        for one in lifted:
            self.ledger.lifted(one.fault, one.fault.vms)
        if left:
            raise FaultsLeft("srv : injoignable", left=left, lifted=lifted, hint="pcapra-lab up")
        return lifted


@dataclass
class FakeExercise:
    id: str = "borgbackup"


@dataclass
class FakeSession:
    faults: FakeFaults
    exercise: FakeExercise = field(default_factory=FakeExercise)
    asked: list[tuple[str | None, bool]] = field(default_factory=list)
    """Exercise and exclusiveness of each command."""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    opened = FakeSession(FakeFaults(Ledger(tmp_path)))

    @contextmanager
    def session(exercise: str | None, *, exclusive: bool = True) -> Iterator[FakeSession]:
        opened.asked.append((exercise, exclusive))
        yield opened

    monkeypatch.setattr(command, "session", session)
    return opened


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command.fault, list(arguments), prog_name="pcapra-lab fault")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize(
    ("typed", "spec"),
    [
        ("power-cut srv", {"kind": "power-cut", "vm": "srv"}),
        ("freeze srv", {"kind": "freeze", "vm": "srv"}),
        ("link-down srv", {"kind": "link-down", "vm": "srv"}),
        (
            "netem srv --loss 2.5 --delay 100 --jitter 20",
            {"kind": "netem", "vm": "srv", "loss": 2.5, "delay_ms": 100, "jitter_ms": 20},
        ),
        ("service-kill srv cron", {"kind": "service-kill", "vm": "srv", "unit": "cron.service"}),
        ("disk-full srv --path /srv", {"kind": "disk-full", "vm": "srv", "path": "/srv"}),
        (
            "file-corruption srv /srv/base.db --bytes 16 --seed 3",
            {
                "kind": "file-corruption",
                "vm": "srv",
                "path": "/srv/base.db",
                "length": 16,
                "seed": 3,
            },
        ),
        ("clock-jump srv --back 90m", {"kind": "clock-jump", "vm": "srv", "seconds": -5400}),
        ("clock-jump srv --forward 30s", {"kind": "clock-jump", "vm": "srv", "seconds": 30}),
        (
            "partition srv web,lb",
            {"kind": "partition", "a": ["srv"], "b": ["web", "lb"]},
        ),
    ],
)
def test_what_is_typed_becomes_a_fault(lab: FakeSession, typed: str, spec: dict[str, Any]) -> None:
    result = run("inject", *typed.split(), "autre")
    assert result.exit_code == 0
    [injected] = lab.faults.active()
    assert injected.spec == parse_fault(spec)
    assert injected.owner == MANUAL
    assert lab.asked == [("autre", False)], "beside the open application"
    assert f"{injected.label}  [{injected.id}]" in result.stdout
    assert ":00.000 ± 20 ms" in result.stdout
    assert f"pcapra-lab fault lift {injected.id} borgbackup" in result.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("netem srv", "une perte ou un délai est attendu"),
        ("netem srv --loss 120", "loss : au plus 100"),
        ("service-kill srv cron.timer", "seul un service"),
        ("disk-full srv --path ../srv", "un chemin absolu"),
        ("clock-jump srv", "un seul de --forward et --back"),
        ("clock-jump srv --back 1m --forward 1m", "un seul de --forward et --back"),
        ("clock-jump srv --back 100ms", "au moins une seconde"),
        ("partition srv srv,web", "qu'une fois"),
        ("freeze Srv!", "nom de machine attendu"),
    ],
)
def test_what_is_malformed_is_refused_before_the_lab_is_opened(
    lab: FakeSession, typed: str, said: str
) -> None:
    result = run("inject", *typed.split())
    assert result.exit_code == LabError.exit_code
    assert said in result.stderr
    assert "→ " in result.stderr
    assert result.stdout == ""
    assert lab.asked == []


def test_a_malformed_length_is_refused_with_examples(lab: FakeSession) -> None:
    result = run("inject", "freeze", "srv", "--for", "longtemps")
    assert result.exit_code == 2
    assert "« longtemps » : attendu 30s, 10m ou 4h" in result.stderr
    assert lab.asked == []


def test_for_a_time_then_lifted(lab: FakeSession) -> None:
    result = run("inject", "freeze", "srv", "--for", "50ms")
    assert result.exit_code == 0
    assert "gel de srv  [freeze-1]" in result.stdout
    assert "levée : gel de srv" in result.stdout
    assert "note freeze-1" in result.stdout
    assert "fault lift" not in result.stdout
    assert lab.faults.active() == []
    # Its death would make the fault an orphan.
    assert lab.faults.owners[0].process == ProcessId.current()


def test_ctrl_c_lifts_at_once(lab: FakeSession) -> None:
    lab.faults.at_injection.append(lambda _: os.kill(os.getpid(), signal.SIGINT))
    result = run("inject", "freeze", "srv", "--for", "4h")
    assert result.exit_code == 0
    assert "levée : gel de srv" in result.stdout
    assert lab.faults.active() == []


def test_lifted_by_another_command_meanwhile(lab: FakeSession) -> None:
    lab.faults.at_injection.append(lambda faults: faults.lift_all())
    result = run("inject", "freeze", "srv", "--for", "4h")
    assert result.exit_code == 0
    assert "freeze-1 a été levée entre-temps" in result.stdout


def test_a_held_fault_that_cannot_be_lifted_is_said(lab: FakeSession) -> None:
    lab.faults.stuck.add("freeze-1")
    result = run("inject", "freeze", "srv", "--for", "20ms")
    assert result.exit_code == 1
    assert "srv : injoignable" in result.stderr
    assert len(lab.faults.active()) == 1


def test_the_list_says_what_since_when_and_whose(lab: FakeSession) -> None:
    assert run("list").output == "Aucune panne en cours.\n"
    assert run("list", "--json").stdout == "[]\n"
    run("inject", "freeze", "srv")
    lost = Owner(label="bascule", process=ProcessId(pid=1, started="0", boot="hier"))
    lab.faults.inject(parse_fault({"kind": "netem", "vm": "web", "loss": 5}), lost)
    armed = lab.faults.ledger.arm(parse_fault({"kind": "link-down", "vm": "lb"}), MANUAL, {})
    half = lab.faults.ledger.arm(parse_fault({"kind": "power-cut", "vm": "lb"}), MANUAL, {})
    lab.faults.ledger.stalled(half)
    text = run("list", "autre").output
    assert lab.asked[-1] == ("autre", False)
    lines = text.splitlines()
    assert lines[0] == "  freeze-1     gel de srv"
    assert " ± 20 ms (" in lines[1] and lines[1].endswith("· en cours · manuel")
    assert lines[3].endswith("· abandonnée (son programme s'est arrêté) · bascule")
    assert lines[5].endswith("· injection en cours · manuel")
    assert lines[7].endswith("· à lever (levée inachevée) · manuel")

    first, second, third, _ = json.loads(run("list", "--json").stdout)
    assert (first["id"], first["kind"], first["state"]) == ("freeze-1", "freeze", "active")
    assert first["at"]["uncertainty"] == 0.02
    assert (first["orphan"], second["orphan"]) == (False, True)
    assert second["spec"]["loss"] == 5
    assert third["at"] is None and third["armed"]["wall"] == armed.armed.wall
    assert "undo" not in first and "c2VjcmV0" not in json.dumps(first), "the answer stays here"


def test_lifting_one_and_all(lab: FakeSession) -> None:
    for vm in ("srv", "web", "lb"):
        run("inject", "freeze", vm)
    one = run("lift", "freeze-2", "autre")
    assert one.exit_code == 0
    assert "levée : gel de web" in one.stdout and "note freeze-2" in one.stdout
    assert lab.asked[-1] == ("autre", False)
    assert run("lift", "freeze-2").stdout == "freeze-2 : déjà levée.\n"
    everything = run("lift", "--all", "autre")
    assert lab.asked[-1] == ("autre", False)
    assert everything.stdout.count("levée : gel") == 2
    assert run("lift", "--all").stdout == "Aucune panne en cours.\n"
    assert [exercise for exercise, _ in lab.asked][-1] is None


def test_lifting_nothing_in_particular_or_the_unknown_is_refused(lab: FakeSession) -> None:
    nothing = run("lift")
    assert nothing.exit_code == 1
    assert "quelle panne ?" in nothing.stderr and "--all" in nothing.stderr
    assert lab.asked == []
    unknown = run("lift", "freeze-9")
    assert unknown.exit_code == 1
    assert "« freeze-9 » n'existe pas" in unknown.stderr


def test_what_was_lifted_is_said_before_what_was_not(lab: FakeSession) -> None:
    run("inject", "freeze", "srv")
    run("inject", "freeze", "web")
    lab.faults.stuck.add("freeze-1")
    result = run("lift", "--all")
    assert result.exit_code == 1
    assert "levée : gel de web" in result.stdout
    assert "srv : injoignable" in result.stderr and "→ pcapra-lab up" in result.stderr
    assert [f.state for f in lab.faults.active()] == [FaultState.ACTIVE]
