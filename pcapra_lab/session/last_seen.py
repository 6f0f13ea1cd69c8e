"""What was last seen of an exercise's machines: kept and dated, so that a report never guesses."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pcapra_lab.grading.results import Outcome
from pcapra_lab.lab.files import read_json, write_json
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.checklist_api import ChecklistLine, ChecklistView, Evidence, LineState
from pcapra_lab.session.health import VmHealth

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class SeenVm:
    """A machine as it was seen."""

    name: str
    power: VmPower
    addresses: tuple[str, ...] | None = None
    """On its link of the lab; None: unknown."""
    services: tuple[str, ...] | None = None
    """Notable services that ran, by name; None: unknown."""
    failed: tuple[str, ...] = ()
    """Units that had failed."""
    ports: tuple[str, ...] | None = None
    """TCP ports listened to, each with its program: ``80 (nginx)``; None: unknown."""
    faults: tuple[str, ...] = ()
    problem: str = ""
    """Why nothing is known of a machine that ran."""

    @classmethod
    def of(cls, health: VmHealth) -> "SeenVm":
        """What a report keeps of a machine's health."""
        vitals = health.vitals
        bare = cls(health.vm, health.power, faults=health.faults, problem=health.problem)
        if vitals is None:
            return bare
        services = failed = None
        if vitals.services is not None:
            services = tuple(one.name for one in vitals.services if one.state == "active")
            failed = tuple(one.name for one in vitals.services if one.state == "failed")
        ports = None
        if vitals.listeners is not None:
            open_ = (one for one in vitals.listeners if not one.loopback)
            ports = tuple(f"{x.port} ({x.program})" if x.program else str(x.port) for x in open_)
        return replace(
            bare, addresses=vitals.addresses, services=services, failed=failed or (), ports=ports
        )


@dataclass(frozen=True, slots=True)
class SeenMachines:
    """The machines, and what they ran on, at one moment."""

    at: float
    """Seconds since the epoch."""
    run: int
    """The trainee's run then."""
    vms: tuple[SeenVm, ...]
    world: Mapping[str, str]
    """Hypervisor, accelerator, image digests: by name. Empty when they could not be told."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept: the machines and the checklist, each as last looked at."""

    machines: SeenMachines | None = None
    checklist: ChecklistView | None = None
    checklist_run: int = 0
    acted: ChecklistView | None = None
    """The last evaluation in this run that had what acts on the machines done too."""


class LastSeen:
    """The last sights of one exercise. Written atomically; a newer look takes the older's place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Seen:
        """What is kept; nothing of it when there is no file, or another version wrote it.

        Raises:
            LabError: the file is not JSON.
        """
        data = read_json(self._path)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            return Seen()
        seen, listed = data["machines"], data["checklist"]
        return Seen(
            _seen_machines(seen) if seen else None,
            _checklist(listed) if listed else None,
            data["checklist_run"],
            _checklist(data["acted"]) if data["acted"] else None,
        )

    def keep_machines(
        self, run: int, healths: tuple[VmHealth, ...], world: Mapping[str, str]
    ) -> SeenMachines:
        """The machines were looked at, now."""
        machines = SeenMachines(time.time(), run, tuple(map(SeenVm.of, healths)), dict(world))
        self._write(replace(self.read(), machines=machines))
        return machines

    def keep_checklist(self, run: int, checklist: ChecklistView) -> None:
        """The checklist was evaluated."""
        kept = self.read()
        acted = checklist if checklist.acted else kept.acted if kept.checklist_run == run else None
        self._write(replace(kept, checklist=checklist, checklist_run=run, acted=acted))

    def _write(self, seen: Seen) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_json(self._path, {"schema": SCHEMA, **asdict(seen)})


def _seen_machines(data: dict[str, Any]) -> SeenMachines:
    vms = tuple(
        SeenVm(
            name=one["name"],
            power=VmPower(one["power"]),
            addresses=_tuple(one["addresses"]),
            services=_tuple(one["services"]),
            failed=tuple(one["failed"]),
            ports=_tuple(one["ports"]),
            faults=tuple(one["faults"]),
            problem=one["problem"],
        )
        for one in data["vms"]
    )
    return SeenMachines(data["at"], data["run"], vms, data["world"])


def _checklist(data: dict[str, Any]) -> ChecklistView:
    lines = tuple(
        ChecklistLine(
            **{
                **one,
                "state": LineState(one["state"]),
                "evidence": tuple(_evidence(x) for x in one["evidence"]),
            }
        )
        for one in data["lines"]
    )
    return ChecklistView(**{**data, "lines": lines})


def _evidence(data: dict[str, Any]) -> Evidence:
    outcome = None if data["outcome"] is None else Outcome(data["outcome"])
    return Evidence(**{**data, "outcome": outcome})


def _tuple(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)
