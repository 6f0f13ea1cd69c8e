"""Putting a lab together from the installation's folders and the course."""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.models import Topology
from pcapra_lab.lab.accel import Verdict, choose
from pcapra_lab.lab.bundle.disk import DISK, build_disk, find_disk
from pcapra_lab.lab.bundle.library import Library
from pcapra_lab.lab.bundle.register import Register
from pcapra_lab.lab.daemons import Daemons
from pcapra_lab.lab.disks import backing_folder
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.events import Phase
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.images.catalog import ImageCatalog
from pcapra_lab.lab.images.course import course_images
from pcapra_lab.lab.images.store import Artifact
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.manifest import Manifest
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.plan import plan_lab
from pcapra_lab.lab.progress import EventSink, tracked
from pcapra_lab.lab.world import World


@dataclass
class Installation:
    """One account's labs: folders, course, images, daemons."""

    paths: Paths
    catalogue: Catalogue
    daemons: Daemons = field(init=False)
    durations: Durations = field(init=False)
    _drafts: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.daemons = Daemons(self.paths)
        self.durations = Durations(self.paths.state / "durations.json")

    @cached_property
    def images(self) -> ImageCatalog:
        """The images that the course's exercises use; its drafts' too, once one is played."""
        return course_images(self.catalogue, self.paths.images, drafts=self._drafts)

    def with_drafts(self) -> None:
        """Drafts are about to be played or built: what they use counts from now on."""
        if not self._drafts:
            self._drafts = True
            self.__dict__.pop("images", None)

    @cached_property
    def bundle(self) -> Library:
        """The trainer's bundle."""
        return Library(
            self.paths.bundle, self.catalogue.bundle(), Register(self.paths.data / "lot.json")
        )

    def verdict(self) -> Verdict:
        """The accelerator of this host. Needs the base image, unless it was measured before."""
        cache = self.paths.state / "acceleration.json"
        return choose(lambda: self.images.image("base").kernel, cache, self.daemons.retire_outdated)

    def has_ground(self, lab_id: str, products: Sequence[str] = ()) -> bool:
        """Whether the lab can be spoken of: it was made, or what it needs is built."""
        if Ground.load(self.paths.labs / lab_id) is not None:
            return True
        return self.images.ready() and (not products or self._bundle_disk(products) is not None)

    def build(
        self, products: Sequence[str], sink: EventSink, cancel: threading.Event | None = None
    ) -> None:
        """Make sure that the images are built, and the disk of these products of the bundle.

        Raises:
            LabError: a build failed.
            Cancelled: ``cancel`` was set.
        """
        self.images.build(sink, cancel)
        if products:
            said = ", ".join(products)
            with tracked(sink, self.durations, Phase.BUNDLE, None, f"bundle {said}") as tracker:
                tracker.tell(said)
                build_disk(self.images.store, self.bundle, products, cancel)

    def lab(
        self,
        lab_id: str,
        topology: str,
        setup_digest: str,
        *,
        products: Sequence[str] = (),
        fresh: bool = False,
    ) -> Lab:
        """A lab, on the ground it was made on.

        Args:
            setup_digest: of what the first preparation does.
            products: of the trainer's bundle, whose disk a lab made now gets.
            fresh: on today's ground; another one than before makes another preparation.

        Raises:
            EnvironmentProblem: it has no ground yet and the images are not built.
        """
        folder = self.paths.labs / lab_id
        ground = None if fresh else Ground.load(folder)
        if ground is None:
            ground = self._ground(topology, setup_digest, products)
        plan = plan_lab(
            lab_id,
            Topology.model_validate_json(json.dumps(ground.topology)),
            folder,
            Path(ground.depot),
            str(self.paths.data),
            Manifest.load(folder / "lab.json").segment_attempt,
            Path(ground.bundle) if ground.bundle else None,
        )
        world = World(
            plan,
            self.daemons.connect,
            ground.image,
            self.verdict,
            self.durations,
            ground.setup,
            settle=partial(ground.save, folder),
        )
        return Lab(world)

    def _ground(self, topology: str, setup_digest: str, products: Sequence[str]) -> Ground:
        declared = self.catalogue.topology(topology)
        names = {vm.image for vm in declared.vms}
        images = {name: str(self.images.image(name).disk.parent) for name in sorted(names)}
        bundle = ""
        if products and (disk := self._bundle_disk(products)) is not None:
            bundle = str(disk.file(DISK))
            # Another disk asks for another preparation.
            stamp = f"{setup_digest} {disk.manifest.digest}"
            setup_digest = hashlib.sha256(stamp.encode()).hexdigest()
        return Ground(
            str(self.images.depot()), images, setup_digest, declared.model_dump(mode="json"), bundle
        )

    def _bundle_disk(self, products: Sequence[str]) -> Artifact | None:
        return find_disk(self.images.store, self.bundle, products)

    def in_course(self) -> set[Path]:
        """The folders of what the course names: for trainees, for drafts, or for nothing yet."""
        every = course_images(self.catalogue, self.paths.images, every=True)
        # The packages for trainees are a depot of their own.
        announced = course_images(self.catalogue, self.paths.images)
        return every.in_use() | announced.in_use()

    def prune(self) -> list[Artifact]:
        """Delete what neither the course nor a lab's disks stand on; returns it."""
        keep = self.in_course()
        for overlay in self.paths.labs.glob("*/*/*.qcow2"):
            keep.add(backing_folder(overlay))
        for folder in self.paths.labs.glob("*"):
            if ground := Ground.load(folder):
                keep |= ground.folders()
        return self.images.store.prune(keep)

    def release_daemons(self, lab: Lab) -> None:
        """Stop the daemons we started, once nothing runs on them and nobody is connected."""
        lab.world.close()
        self.daemons.stop_if_idle()
