"""The images a lab boots: recipes in, built artifacts out."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pcapra_lab.content.models import DepotRecipe, ImageRecipe
from pcapra_lab.errors import EnvironmentProblem, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.images.base import SYSTEM, Report, build_image, build_system, image_digest
from pcapra_lab.lab.images.bootstrap import role_system, whole_system
from pcapra_lab.lab.images.depot import DISK, build_depot, depot_digest
from pcapra_lab.lab.images.digests import Digests
from pcapra_lab.lab.images.schedule import Task, run_tasks
from pcapra_lab.lab.images.signing import KEY_DIGEST, signing_key
from pcapra_lab.lab.images.store import Artifact, Store

BUILD_ROOM_MIB = 4096
"""Measured on the base image: system, image, their scratch copies, and the depot."""
ROLE_ROOM_MIB = 1536
"""Measured on a role: what stays, its system and image, and a share of the scratch copies."""
SYSTEM_SHARE = 0.85
"""Of the time an image takes, the part that makes its system."""
DEPOT = _("dépôt de paquets")


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An image ready to boot."""

    id: str
    digest: str
    disk: Path
    kernel: Path
    initrd: Path


@dataclass(frozen=True, slots=True)
class Recipes:
    """What is to be built, and where the recipes' files are."""

    images: dict[str, ImageRecipe]
    depot: DepotRecipe
    folder: Path
    """The folder overlays and scripts are relative to."""


class ImageCatalog:
    """Builds what is missing, finds what is there."""

    def __init__(self, store: Store, recipes: Recipes) -> None:
        self.store = store
        self.recipes = recipes
        self._digests = Digests(store, recipes.images, recipes.folder)

    def build(
        self,
        sink: Callable[[LabEvent], None],
        cancel: threading.Event | None = None,
    ) -> None:
        """Make sure that every image and the depot exist, in parallel after what each needs.

        Raises:
            LabError: a build failed; what was finished before is kept.
            BuildsFailed: some builds failed, the others were finished.
            Cancelled: ``cancel`` was set.
        """
        self._digests.forget()
        if self.ready():
            return
        self._check_room()
        stop = cancel or threading.Event()
        key = signing_key(self.store, stop)
        run_tasks(self._tasks(key, sink, stop), len(os.sched_getaffinity(0)), stop)

    def ready(self) -> bool:
        """Whether everything is built."""
        try:
            for name in self.recipes.images:
                self.image(name)
            self.depot()
        except LabError:
            return False
        return True

    def in_use(self) -> set[Path]:
        """Folders of what the recipes name now, as far as it is built."""
        found: set[Path] = set()
        key = self.store.find("cle", "depot", KEY_DIGEST)
        if key is not None:
            found.add(key.folder)
        for name in self.recipes.images:
            with suppress(EnvironmentProblem):
                found.add(self._system(name).folder)
                found.add(self.image(name).disk.parent)
        with suppress(EnvironmentProblem):
            found.add(self.depot().parent)
        return found

    def image(self, name: str) -> BuiltImage:
        """A built image.

        Raises:
            ContentError: there is no such recipe.
            EnvironmentProblem: it has not been built yet.
        """
        system = self._system(name)
        digest = image_digest(system, self.recipes.images[name])
        found = self.store.find("image", name, digest)
        if found is None:
            raise _not_built(_("l'image « {name} »").format(name=name))
        return BuiltImage(
            name, digest, found.file("disk.raw"), found.file("vmlinuz"), found.file("initrd.img")
        )

    def depot(self) -> Path:
        """The depot's disk. Raises ``EnvironmentProblem`` when it has not been built yet."""
        system = self._system(self.recipes.depot.image)
        found = self.store.find("depot", "depot", depot_digest(self.recipes.depot, system))
        if found is None:
            raise _not_built(_("le dépôt de paquets"))
        return found.file(DISK)

    def _system(self, name: str) -> Artifact:
        found = self.store.find("systeme", name, self._digests.system(name))
        if found is None:
            raise _not_built(_("l'image « {name} »").format(name=name))
        return found

    def _tasks(
        self, key: Artifact, sink: Callable[[LabEvent], None], cancel: threading.Event
    ) -> list[Task]:
        """Systems first: roles wait for their parent's, and take longest."""
        systems, images = [], []
        for recipe in self.recipes.images.values():
            report = _reporter(sink, Phase.IMAGE, recipe.id)
            label = f"image {recipe.id}"
            make = partial(
                self._build_system, recipe, key, _scaled(report, 0.0, SYSTEM_SHARE), cancel
            )
            parents = [_system_task(recipe.parent)] if recipe.parent else []
            systems.append(Task(_system_task(recipe.id), label, parents, make))
            pack = partial(self._build_image, recipe, _scaled(report, SYSTEM_SHARE, 1.0), cancel)
            images.append(Task(label, label, [_system_task(recipe.id)], pack))
        fill = partial(self._build_depot, key, _reporter(sink, Phase.DEPOT, None), cancel)
        depot = Task(DEPOT, DEPOT, [_system_task(self.recipes.depot.image)], fill)
        return [*systems, *images, depot]

    def _build_system(
        self, recipe: ImageRecipe, key: Artifact, report: Report, cancel: threading.Event
    ) -> None:
        folder = self.recipes.folder
        if recipe.parent is None:
            command = partial(whole_system, recipe, folder, key.file("public.gpg"))
        else:
            command = partial(role_system, recipe, folder, self._system(recipe.parent).file(SYSTEM))
        digest = self._digests.system(recipe.id)
        build_system(self.store, recipe, digest, command, report, cancel)

    def _build_image(self, recipe: ImageRecipe, report: Report, cancel: threading.Event) -> None:
        build_image(self.store, recipe, self._system(recipe.id), report, cancel)

    def _build_depot(self, key: Artifact, report: Report, cancel: threading.Event) -> None:
        recipe = self.recipes.depot
        build_depot(self.store, recipe, self._system(recipe.image), key, report, cancel)

    def _built(self, name: str) -> bool:
        try:
            self.image(name)
        except EnvironmentProblem:
            return False
        return True

    def _check_room(self) -> None:
        free = free_disk_mib(self.store.root)
        roles = [r for r in self.recipes.images.values() if r.parent and not self._built(r.id)]
        needed = BUILD_ROOM_MIB + ROLE_ROOM_MIB * len(roles)
        if free < needed:
            raise EnvironmentProblem(
                _(
                    "place insuffisante pour construire les images : {free} Mio libres dans "
                    "{root}, {needed} Mio nécessaires"
                ).format(free=free, root=self.store.root, needed=needed),
                hint=_("libérez de la place, ou placez le cache ailleurs avec PCAPRA_HOME"),
            )


def _system_task(name: str) -> str:
    return _("système {name}").format(name=name)


def _not_built(what: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        _("{what} n'est pas encore construite").format(what=what)
        if what.startswith("l'")
        else _("{what} n'est pas prêt").format(what=what),
        hint=_("pcapra-lab image build (une fois, quelques minutes)"),
    )


def _reporter(sink: Callable[[LabEvent], None], phase: Phase, vm: str | None) -> Report:
    started: float | None = None

    def report(fraction: float | None, detail: str) -> None:
        nonlocal started
        # Not when it was planned: it may have waited for its turn.
        started = started or time.monotonic()
        sink(LabEvent(phase, vm, fraction, time.monotonic() - started, None, detail))

    return report


def _scaled(report: Report, low: float, high: float) -> Report:
    def scaled(fraction: float | None, detail: str) -> None:
        report(None if fraction is None else low + fraction * (high - low), detail)

    return scaled
