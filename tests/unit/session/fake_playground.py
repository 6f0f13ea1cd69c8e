"""A playground without machines: checks pass once the script that makes them pass has run."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from session_course import plant_course

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.checks import Effect
from pcapra_lab.content.faults import FaultSpec
from pcapra_lab.content.models import Step
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.errors import LabError, VmError
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.faults.record import Active, FaultState, Moment, Owner
from pcapra_lab.lab.lock import Patience
from pcapra_lab.lab.manifest import SavedSet
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.lab.states import Sized
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session import replay, trainee
from pcapra_lab.session.failing import told, watched
from pcapra_lab.session.leaks import Inventory

MAKES_PASS = {
    "solution/10-srv.sh": {"installe"},
    "solution/20-srv.sh": {"repond", "redemarre"},
    "solution/30-srv.sh": {"bilan"},
}
BREAKS = {
    "setup/incident.sh": {"repond", "redemarre"},
    "mutants/faux.sh": {"installe"},
    "mutants/vide.sh": {"installe"},
    "mutants/fige.sh": {"repond"},
}
JAMS: dict[str, set[str]] = {}
"""Checks that cannot be evaluated any more once a script has run."""


@dataclass
class Ground:
    """The state of the machines, shared by all the playgrounds of a test."""

    passing: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)
    """Checks that cannot be evaluated."""
    failing_scripts: dict[str, LabError] = field(default_factory=dict)
    mute: bool = False
    """Failed checks do not say what they saw."""
    ran: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    powers: dict[str, VmPower] = field(
        default_factory=lambda: {"srv": VmPower.STOPPED, "web": VmPower.STOPPED}
    )
    prepared: bool = False
    daemon: bool = True
    saved: dict[str, set[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    """Files that no reset takes away."""
    at_first: set[str] = field(default_factory=set)
    """What passes on the prepared state."""
    full: bool = False
    """The host's disk has no room left."""
    command: Callable[[str, list[str], bytes, float], CommandResult] | None = None
    """What runs root's commands."""
    faults: dict[str, Active] = field(default_factory=dict)
    """The faults in effect."""

    def all_on(self) -> None:
        self.powers = {vm: VmPower.RUNNING for vm in self.powers}


class FakeFaults:
    """The part of ``lab.faults.injector.FaultInjector`` that sessions use."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def active(self) -> list[Active]:
        return list(self._ground.faults.values())

    def inject(self, spec: FaultSpec, owner: Owner) -> Active:
        self._ground.calls.append(f"inject {spec.kind}")
        name, now = f"{spec.kind}-1", Moment.now()
        fault = Active(
            id=name, spec=spec, owner=owner, state=FaultState.ACTIVE, vms=list(spec.vms),
            armed=now, at=now,
        )  # fmt: skip
        self._ground.faults[name] = fault
        self._ground.passing -= BREAKS.get(spec.kind, set())
        return fault

    def lift(self, fault_id: str) -> None:
        self._ground.calls.append(f"lift {fault_id}")
        self._ground.faults.pop(fault_id, None)


class FakeLab:
    """The part of ``lab.lifecycle.Lab`` that sessions use."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.links = SimpleNamespace(
            trainee=partial(self._link, "trainee"), root=partial(self._link, "root")
        )
        self.plan = SimpleNamespace(vms=[])
        self.faults = FakeFaults(ground)

    @property
    def prepared(self) -> bool:
        return self._ground.prepared

    def power(self) -> dict[str, VmPower]:
        return dict(self._ground.powers)

    def power_at_rest(self) -> dict[str, VmPower]:
        return {vm: VmPower.SAVED for vm in self._ground.powers}

    def reset(self, sink: Any, cancel: threading.Event) -> None:
        self._ground.calls.append("reset")
        self._ground.saved.clear()
        # What a restore ends, see ``lab.faults.states``.
        self._ground.faults.clear()
        self._ground.passing = set(self._ground.at_first)
        self._ground.all_on()

    def reset_vm(self, name: str, sink: Any, cancel: threading.Event, label: str) -> None:
        self._ground.calls.append(f"reset {name} {label}")

    def checkpoint(self, label: str) -> None:
        if self._ground.full:
            raise LabError("place insuffisante")
        self._ground.saved[label] = set(self._ground.passing)

    def forget(self, label: str) -> None:
        self._ground.saved.pop(label, None)

    def has_checkpoint(self, label: str) -> bool:
        return label == "prepare" or label in self._ground.saved

    def checkpoints(self) -> list[Sized]:
        return [Sized(SavedSet(name, f"{name}-1", 5.0), 190) for name in self._ground.saved]

    def rewind(self, label: str, sink: Any, cancel: threading.Event) -> None:
        self._ground.calls.append(f"rewind {label}")
        self._ground.faults.clear()
        self._ground.passing = set(self._ground.saved.get(label, ()))
        self._ground.all_on()

    def _link(self, user: str, vm: str) -> Any:
        self._ground.calls.append(f"{user} {vm}")
        link = SimpleNamespace()
        link.shell = lambda columns, rows: (vm, columns, rows)
        link.run = partial(self._run, vm)
        return link

    def _run(
        self, vm: str, argv: list[str], *, stdin: bytes = b"", timeout: float = 60.0
    ) -> CommandResult:
        if self._ground.command is None:
            raise VmError(vm, "la machine ne répond pas")
        return self._ground.command(vm, argv, stdin, timeout)


class FakePlayground:
    """``session.playground.Playground`` on a ``Ground``."""

    ground: Ground

    def __init__(
        self,
        installation: Installation,
        exercise_id: str,
        lab_id: str,
        seed: str,
        *,
        exclusive: bool = True,
        fresh: bool = False,
        patience: object = None,
    ) -> None:
        self.installation = installation
        self.exercise = installation.catalogue.exercise(exercise_id)
        self.topology = installation.catalogue.topology_of(self.exercise)
        self.folder = installation.catalogue.exercise_folder(exercise_id)
        self.parameters = draw_all(self.exercise, seed)
        self.seed = seed
        self.lab_id = lab_id
        self.fresh = fresh
        self.lab = FakeLab(self.ground)
        self.machines = bool(self.topology.vms)
        self.has_lab = self.machines
        self.passed: Callable[[], set[str]] = set

    def step(self, step_id: str) -> Step:
        return next(s for s in self.exercise.steps if s.id == step_id)

    def up(self, sink: Any, cancel: threading.Event) -> bool:
        self.ground.all_on()
        first = not self.ground.prepared
        if first:
            self.ground.passing.clear()
            self.run(self.exercise.setup)
        self.ground.prepared = True
        if first:
            self.ground.at_first = set(self.ground.passing)
        return first

    def down(self, sink: Any) -> None:
        self.ground.powers = {vm: VmPower.STOPPED for vm in self.ground.powers}
        self.ground.calls.append("down")

    def delete(self) -> None:
        self.ground.prepared = False
        self.ground.faults.clear()
        self.ground.calls.append("delete")

    def grade(
        self, step: Step, *, observe_only: bool = False, cancel: threading.Event | None = None
    ) -> StepReport:
        results = []
        for check in watched(step).checks:
            outcome = Outcome.PASS if check.id in self.ground.passing else Outcome.FAIL
            if check.id in self.ground.errors:
                outcome = Outcome.ERROR
            if observe_only and check.effect is Effect.ACT:
                outcome = Outcome.PENDING
            seen = "" if self.ground.mute else f"{check.id} : {outcome.value}"
            results.append(CheckResult(check.id, check.title, check.vm, outcome, "-", seen))
        return told(step, StepReport(step.id, tuple(results), 1, 0.5))

    def run(self, scripts: list[Any], cancel: threading.Event | None = None) -> None:
        for one in scripts:
            if failure := self.ground.failing_scripts.get(one.script):
                raise failure
            self.ground.ran.append(one.script)
            self.ground.passing |= MAKES_PASS.get(one.script, set())
            self.ground.passing -= BREAKS.get(one.script, set())
            self.ground.errors |= JAMS.get(one.script, set())

    def inventory(self, _sink: EventSink, _cancel: threading.Event) -> dict[str, Inventory]:
        files = dict.fromkeys(sorted({"/etc/hosts", *self.ground.files}), "f 644 0:0")
        return {"srv": Inventory(files, frozenset(), frozenset())}

    def close(self) -> None:
        self.ground.calls.append("close")


@dataclass
class Desk:
    """A trainee's desk: the course, the progress, and the ground."""

    installation: Installation
    progress: ProgressStore
    ground: Ground
    opened: list[trainee.LabSession] = field(default_factory=list)
    """Closed at the latest with the desk: a session's clock would go on in a thread."""

    def session(
        self, *, exclusive: bool = True, patience: Patience | None = None
    ) -> trainee.LabSession:
        self.opened.append(
            trainee.LabSession(
                self.installation, self.progress, "panne", exclusive=exclusive, patience=patience
            )
        )
        return self.opened[-1]


class PaperDaemons:
    """Daemons that are never started."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def running(self) -> bool:
        return self._ground.daemon

    def retire_outdated(self) -> bool:
        return False

    def connect(self) -> Any:
        raise AssertionError("a test must not start a daemon")


def make_installation(tmp_path: Path, ground: Ground) -> Installation:
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    installation = Installation(paths, Catalogue.load(plant_course(tmp_path / "cours")))
    paths.create()
    installation.daemons = PaperDaemons(ground)  # type: ignore[assignment]
    return installation


@contextmanager
def open_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    ground = Ground()
    fake = type("OnThisGround", (FakePlayground,), {"ground": ground})
    monkeypatch.setattr(trainee, "Playground", fake)
    monkeypatch.setattr(replay, "Playground", fake)
    installation = make_installation(tmp_path, ground)
    with ProgressStore(installation.paths.progress) as progress:
        desk = Desk(installation, progress, ground)
        try:
            yield desk
        finally:
            for session in desk.opened:
                session.close()
