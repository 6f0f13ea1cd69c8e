"""Parking a lab by its id: saved before it is stopped, never taken from whoever is on it."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_playground import Ground as Paper
from fake_playground import PaperDaemons, make_installation

from pcapra_lab.errors import LabBusy, LabError
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.hypervisor import Machine
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.lock import LabLock, in_use_by
from pcapra_lab.lab.manifest import ASLEEP, PREPARED, Manifest, SavedSet
from pcapra_lab.lab.memory import cost_mib
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.parking import existing_lab, memory_plan, park


@dataclass
class Host:
    """The part of a hypervisor that parking uses: what each machine is, and what was done."""

    powers: dict[str, VmPower] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    version: str = "qemu 7.2.0"
    open: int = 0

    def power(self, domain: str) -> VmPower:
        return self.powers.get(domain, VmPower.ABSENT)

    def machines(self) -> list[Machine]:
        return [Machine(name, power, 128) for name, power in self.powers.items()]

    def pause(self, domain: str) -> None:
        self._become(domain, VmPower.PAUSED, "pause")

    def resume(self, domain: str) -> None:
        self._become(domain, VmPower.RUNNING, "resume")

    def destroy(self, domain: str) -> None:
        self._become(domain, VmPower.STOPPED, "destroy")

    def snapshot(self, domain: str, name: str) -> None:
        assert self.powers[domain] is VmPower.PAUSED
        self.calls.append(("snapshot", domain))

    def delete_snapshot(self, domain: str, name: str) -> None:
        self.calls.append(("delete", domain))

    def versions(self) -> str:
        return self.version

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        self.open -= 1

    def _become(self, domain: str, power: VmPower, call: str) -> None:
        self.powers[domain] = power
        self.calls.append((call, domain))

    def done(self, call: str) -> int:
        return sum(one == call for one, _ in self.calls)


class HostDaemons(PaperDaemons):
    """Daemons that lead to the host."""

    def __init__(self, ground: Paper, host: Host) -> None:
        super().__init__(ground)
        self._host = host

    def connect(self) -> Host:
        self._host.open += 1
        return self._host


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def installation(
    tmp_path: Path, paper: Paper, host: Host, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    monkeypatch.setenv("PCAPRA_ACCEL", "tcg")
    made = make_installation(tmp_path, paper)
    made.daemons = HostDaemons(paper, host)  # type: ignore[assignment]  # the part that is used
    return made


def plant(installation: Installation, host: Host, lab_id: str = "ancien") -> Lab:
    """A prepared lab of two machines that run; its exercise is in no course any more."""
    folder, images = installation.paths.labs / lab_id, installation.paths.images / "image-base-1"
    images.mkdir(parents=True, exist_ok=True)
    topology = installation.catalogue.topology("duo").model_dump(mode="json") | {"id": "disparue"}
    Ground(str(images / "depot.raw"), {"base": str(images)}, "réglages", topology).save(folder)
    lab = existing_lab(installation, lab_id)
    for vm in lab.plan.vms:
        host.powers[vm.domain] = VmPower.RUNNING
    lab.manifest.key = lab.world.key()
    lab.manifest.sets[PREPARED] = SavedSet(PREPARED, "prepare-1", 1.0)
    lab.manifest.save()
    lab.world.close()
    return lab


def test_a_parked_lab_is_saved_then_stopped_and_left_free(
    installation: Installation, host: Host
) -> None:
    lab = plant(installation, host)
    events: list[LabEvent] = []
    park(installation, "ancien", events.append)
    assert set(host.powers.values()) == {VmPower.STOPPED}
    order = [call for call, _ in host.calls]
    assert order.count("snapshot") == order.count("destroy") == 2
    assert order.index("destroy") > max(i for i, call in enumerate(order) if call == "snapshot")
    manifest = Manifest.load(lab.plan.folder / "lab.json")
    assert manifest.asleep and ASLEEP in manifest.sets
    assert [e.phase for e in events] == [Phase.SAVE, Phase.SAVE]
    assert in_use_by(lab.plan.folder) == ""
    assert host.open == 0, "a connection was left open"


def test_a_lab_somebody_is_on_is_left_alone(installation: Installation, host: Host) -> None:
    lab = plant(installation, host)
    with LabLock(lab.plan.folder), pytest.raises(LabBusy, match="le laboratoire ancien") as caught:
        park(installation, "ancien", lambda _event: None)
    assert "processus" in caught.value.message
    assert set(host.powers.values()) == {VmPower.RUNNING}
    assert host.calls == []


def test_a_state_that_could_not_be_saved_is_not_thrown_away(
    installation: Installation, host: Host
) -> None:
    lab = plant(installation, host)
    host.version = "qemu 8.2.0"
    with pytest.raises(LabError, match="son état serait perdu"):
        park(installation, "ancien", lambda _event: None)
    assert host.done("destroy") == 0
    assert in_use_by(lab.plan.folder) == ""
    assert host.open == 0


def test_an_interrupted_preparation_has_nothing_to_lose(
    installation: Installation, host: Host
) -> None:
    lab = plant(installation, host)
    manifest = Manifest.load(lab.plan.folder / "lab.json")
    manifest.sets.clear()
    manifest.save()
    park(installation, "ancien", lambda _event: None)
    assert set(host.powers.values()) == {VmPower.STOPPED}
    assert host.done("snapshot") == 0


def test_without_a_daemon_there_is_nothing_to_park(
    installation: Installation, host: Host, paper: Paper
) -> None:
    paper.daemon = False
    park(installation, "ancien", lambda _event: None)
    assert host.open == 0 and host.calls == []


@pytest.mark.parametrize("loss", ["ground", "images"])
def test_a_lab_without_its_ground_is_not_guessed_at(
    installation: Installation, host: Host, loss: str
) -> None:
    lab = plant(installation, host)
    if loss == "ground":
        Ground.forget(lab.plan.folder)
    else:
        shutil.rmtree(installation.paths.images / "image-base-1")
    with pytest.raises(LabError, match="ancien n'existe pas, ou ses images ont été supprimées"):
        park(installation, "ancien", lambda _event: None)
    assert host.done("destroy") == 0
    assert in_use_by(lab.plan.folder) == ""


def test_the_plan_of_an_exercise_counts_the_labs_that_run(
    installation: Installation, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(installation, host)
    monkeypatch.setattr("pcapra_lab.lab.memory.free_memory_mib", lambda: 100)
    plan = memory_plan(installation, "panne")
    assert (plan.lab, plan.machines) == ("panne", 2)
    assert [other.lab for other in plan.to_park] == ["ancien"]
    assert plan.wanted_mib == cost_mib(installation.catalogue.topology("duo").vms)
    replayed = memory_plan(installation, "panne", "rejeu-panne")
    assert replayed.lab == "rejeu-panne"
    assert memory_plan(installation, "panne", "ancien").machines == 0, "its machines run already"
    assert host.open == 0


def test_the_ground_says_what_the_lab_is_whatever_the_course_has_become(
    installation: Installation, host: Host
) -> None:
    lab = plant(installation, host)
    socle = lab.plan.folder / "socle.json"
    data = json.loads(socle.read_text())
    data["topology"]["vms"] = data["topology"]["vms"][:1]
    socle.write_text(json.dumps(data))
    assert [vm.name for vm in existing_lab(installation, "ancien").plan.vms] == ["srv"]
