"""A lab of two small machines on the fake hypervisor, and what happens to it."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_hypervisor import FakeHypervisor, FakeLink

from pcapra_lab.content.models import Topology, Vm
from pcapra_lab.lab import disks, links
from pcapra_lab.lab.accel import Verdict
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.lab.images.catalog import BuiltImage
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.manifest import Manifest
from pcapra_lab.lab.plan import LabPlan, plan_lab
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import Tracker
from pcapra_lab.lab.world import World
from pcapra_lab.remote.link import Endpoint

DUO = Topology(
    schema_version=1,
    id="duo",
    title="Deux machines",
    vms=[
        Vm(name="srv", title="serveur", address="192.168.1.10", memory_mib=128),
        Vm(name="web", title="site", address="192.168.1.11", memory_mib=128),
    ],
)


@dataclass
class Bench:
    """One lab's folder and machines. ``lab()`` is what a new process sees of them."""

    folder: Path
    hypervisor: FakeHypervisor
    image_digest: str = "a" * 64
    events: list[LabEvent] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    """What the exercise's setup did, each time it ran."""

    @property
    def plan(self) -> LabPlan:
        return plan_lab("duo", DUO, self.folder / "labs/duo", self.folder / "depot.raw", "sel")

    @property
    def manifest(self) -> Manifest:
        """As it is on disk."""
        return Manifest.load(self.plan.folder / "lab.json")

    @property
    def powers(self) -> set[VmPower]:
        """The machines' states, each once."""
        return {domain.power for domain in self.hypervisor.domains.values()}

    def image(self, name: str) -> BuiltImage:
        images = self.folder
        return BuiltImage(name, self.image_digest, images / "d", images / "k", images / "i")

    def lab(self) -> Lab:
        world = World(
            self.plan,
            lambda: self.hypervisor,
            self.image,
            lambda: Verdict(Accelerator.TCG, "essai"),
            Durations(self.folder / "durations.json"),
            "préparation",
        )
        return Lab(world)

    def prepare(self, tracker: Tracker, _cancel: threading.Event) -> None:
        """The exercise's setup: it works on both machines."""
        for number, vm in enumerate(("srv", "web")):
            tracker.part(number, 2, vm)
            self.hypervisor.work(vm, "préparé")
        self.prepared.append("fait")

    def up(self, lab: Lab | None = None, cancel: threading.Event | None = None) -> bool:
        return (lab or self.lab()).up(self.prepare, self.events.append, cancel or threading.Event())

    def memory(self, vm: str) -> list[str]:
        memory = self.hypervisor.vm(vm).memory
        assert memory is not None, f"{vm} is off"
        return memory


def make_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    hypervisor = FakeHypervisor()

    def link(endpoint: Endpoint, user: str) -> FakeLink:
        return FakeLink(hypervisor, endpoint, user)

    def create(path: Path, options: list[str], size: str) -> None:
        path.write_text(" ".join([*options, size]))

    monkeypatch.setattr(links, "SshLink", link)
    monkeypatch.setattr(disks, "_create", create)
    monkeypatch.setattr(disks, "free_memory_mib", lambda: 8192)
    monkeypatch.setattr(disks, "free_disk_mib", lambda _folder: 8192)
    return Bench(tmp_path, hypervisor)
