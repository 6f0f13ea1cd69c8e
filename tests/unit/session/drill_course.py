"""The small course with a drill in its second step, its writer run on this host."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fake_playground
import pytest
from fake_playground import Desk, open_desk
from local_machine import LocalMachine
from session_course import COURSE

from pcapra_lab.drills import errands
from pcapra_lab.lab.lock import Patience
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.trainee import LabSession

EXERCISE = "exercises/panne/exercise.yaml"
SCRIPT = "fault: {script: {vm: srv, script: setup/incident.sh}, after: [0s, 0s]}"
INJECT = "fault: {inject: {kind: freeze, vm: web}, after: [0s, 0s]}"


def drill(path: Path, fault: str = SCRIPT) -> str:
    return f"""\
    drill:
      title: Un matin chez {{{{client}}}}
      writer: {{vm: srv, path: {path}, every: 50ms}}
      {fault}
      expected: {{rto: [1s, 1h], rpo: [0s, 1h]}}
"""


class Drill:
    """A desk whose second step has a drill, its writer on this host."""

    def __init__(self, desk: Desk, machine: LocalMachine, register: Path) -> None:
        self.desk = desk
        self.machine = machine
        self.register = register

    def session(self, *, command: bool = False) -> LabSession:
        patience = Patience(threading.Event(), print) if command else None
        opened = self.desk.session(patience=patience)
        opened.start(ignore, threading.Event())
        return opened

    def at_the_drill(self, *, command: bool = False) -> LabSession:
        session = self.session(command=command)
        if session.state().current_step == "avant":
            assert session.solve(ignore).green
        assert session.state().current_step == "incident"
        return session


@contextmanager
def planted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str = SCRIPT,
    extra: str = "",
    *,
    writes: bool = True,
) -> Iterator[Drill]:
    register = tmp_path / "registre"
    said = drill(register, fault)
    if not writes:
        lines = said.splitlines(keepends=True)
        said = "".join(x for x in lines if "writer:" not in x).replace(", rpo: [0s, 1h]", "")
    text = COURSE[EXERCISE].replace("    objective: {rto: 10m}\n", said + extra)
    text = text.replace("    setup:\n      - {vm: srv, script: setup/incident.sh}\n", "")
    monkeypatch.setitem(COURSE, EXERCISE, text)
    monkeypatch.setitem(fake_playground.BREAKS, "freeze", {"repond", "redemarre"})
    machine = LocalMachine(tmp_path)
    monkeypatch.setattr(errands, "FOLDER", str(machine.folder))
    monkeypatch.setattr("pcapra_lab.session.drill_run.BETWEEN_LOOKS", 0.05)
    with open_desk(tmp_path, monkeypatch) as desk:
        desk.ground.command = machine
        made = Drill(desk, machine, register)
        yield made
    machine.end()
