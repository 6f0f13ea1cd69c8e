"""Making room in memory before machines start."""

from dataclasses import dataclass, field
from typing import Any, cast

import click
import pytest

from pcapra_lab.cli import labs
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab.memory import MemoryPlan, Resident
from pcapra_lab.session.trainee import LabSession

OTHER = Resident("restic", 2, 1128)


@dataclass
class Opened:
    plan: MemoryPlan
    parked: list[str] = field(default_factory=list)

    def memory_plan(self) -> MemoryPlan:
        return self.plan

    def park(self, lab_id: str, _on_event: Any) -> None:
        self.parked.append(lab_id)


def room(opened: Opened, *, yes: bool) -> None:
    labs.make_room(cast(LabSession, opened), yes)


def plan(free: int, *to_park: Resident) -> MemoryPlan:
    return MemoryPlan("borgbackup", 2, 1128, free, (OTHER,), to_park)


def test_nothing_is_asked_when_it_fits(capsys: pytest.CaptureFixture[str]) -> None:
    opened = Opened(plan(2000))
    room(opened, yes=False)
    assert opened.parked == []
    assert capsys.readouterr().err == ""


def test_idle_labs_are_parked_once_agreed_and_the_plan_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(labs, "confirm", lambda question, default: asked.append(question))
    opened = Opened(plan(500, OTHER))
    room(opened, yes=False)
    assert asked == ["Endormir restic ?"]
    assert opened.parked == ["restic"]
    assert "1128 Mio" in capsys.readouterr().err


def test_a_refusal_parks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_question: str, default: bool) -> None:
        raise click.exceptions.Exit(1)

    monkeypatch.setattr(labs, "confirm", refuse)
    opened = Opened(plan(500, OTHER))
    with pytest.raises(click.exceptions.Exit):
        room(opened, yes=False)
    assert opened.parked == []


def test_without_a_way_the_figures_are_said() -> None:
    with pytest.raises(EnvironmentProblem, match="il faut 1128 Mio"):
        room(Opened(plan(5)), yes=True)
