"""Putting a lab together from the installation's folders and the course."""

from dataclasses import dataclass, field
from functools import cached_property

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.accel import Verdict, choose
from pcapra_lab.lab.daemons import Daemons
from pcapra_lab.lab.disks import backing_folder
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.images.catalog import ImageCatalog, Recipes
from pcapra_lab.lab.images.store import Artifact, Store
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.plan import LabPlan, plan_lab
from pcapra_lab.lab.world import World


@dataclass
class Installation:
    """One account's labs: folders, course, images, daemons."""

    paths: Paths
    catalogue: Catalogue
    daemons: Daemons = field(init=False)
    durations: Durations = field(init=False)

    def __post_init__(self) -> None:
        self.daemons = Daemons(self.paths)
        self.durations = Durations(self.paths.state / "durations.json")

    @cached_property
    def images(self) -> ImageCatalog:
        """The images that the course's topologies use."""
        used = {vm.image for t in self.catalogue.topologies() for vm in t.vms}
        recipes = {name: self.catalogue.image(name) for name in sorted(used)}
        folder = self.catalogue.images_folder
        return ImageCatalog(
            Store(self.paths.images), Recipes(recipes, self.catalogue.depot(), folder)
        )

    def verdict(self) -> Verdict:
        """The accelerator of this host. Needs the base image."""
        kernel = self.images.image("base").kernel
        return choose(kernel, self.paths.state / "acceleration.json")

    def plan(self, lab_id: str, topology: str) -> LabPlan:
        """The plan of a lab on a topology. Needs the depot."""
        return plan_lab(
            lab_id,
            self.catalogue.topology(topology),
            self.paths.labs / lab_id,
            self.images.depot(),
            str(self.paths.data),
        )

    def lab(self, lab_id: str, topology: str, setup_digest: str) -> Lab:
        """A lab; the images must be built."""
        world = World(
            self.plan(lab_id, topology),
            self.daemons.connect,
            self.images.image,
            self.verdict,
            self.durations,
            setup_digest,
        )
        return Lab(world)

    def prune(self) -> list[Artifact]:
        """Delete what neither the course nor a lab's disks stand on; returns it."""
        keep = self.images.in_use()
        for overlay in self.paths.labs.glob("*/*/*.qcow2"):
            keep.add(backing_folder(overlay))
        return self.images.store.prune(keep)

    def release_daemons(self, lab: Lab) -> None:
        """Stop the daemons we started, once nothing runs on them."""
        idle = lab.world.hypervisor.active() == 0
        lab.world.close()
        if idle:
            self.daemons.stop_ours()
