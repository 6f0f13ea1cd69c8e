"""The images a lab boots: recipes in, built artifacts out."""

import hashlib
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.content.digest import digest_tree
from pcapra_lab.content.models import DepotRecipe, ImageRecipe
from pcapra_lab.errors import EnvironmentProblem, LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.images.base import Report, build_image, build_system, image_digest
from pcapra_lab.lab.images.depot import build_depot, depot_digest
from pcapra_lab.lab.images.signing import KEY_DIGEST, signing_key
from pcapra_lab.lab.images.store import LAYOUT, Artifact, Store

BUILD_ROOM_MIB = 4096
"""Measured on the base image: system, image, their scratch copies, and the depot."""


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

    def build(
        self,
        sink: Callable[[LabEvent], None],
        cancel: threading.Event | None = None,
    ) -> None:
        """Make sure that every image and the depot exist.

        Raises:
            LabError: a build failed; what was finished before is kept.
            Cancelled: ``cancel`` was set.
        """
        if self.ready():
            return
        self._check_room()
        key = signing_key(self.store, cancel)
        for recipe in self.recipes.images.values():
            report = _reporter(sink, Phase.IMAGE, recipe.id)
            system = build_system(
                self.store,
                recipe,
                self.recipes.folder,
                self._digest(recipe),
                key.file("public.gpg"),
                _scaled(report, 0.0, 0.85),
                cancel,
            )
            build_image(self.store, recipe, system, _scaled(report, 0.85, 1.0), cancel)
        system = self._system(self.recipes.depot.image)
        build_depot(
            self.store, self.recipes.depot, system, key, _reporter(sink, Phase.DEPOT, None), cancel
        )

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
                found |= {self._system(name).folder, self.image(name).disk.parent}
        with suppress(EnvironmentProblem):
            found.add(self.depot().parent)
        return found

    def image(self, name: str) -> BuiltImage:
        """A built image.

        Raises:
            EnvironmentProblem: it has not been built yet.
        """
        recipe = self.recipes.images.get(name)
        if recipe is None:
            raise LabError(
                f"l'image « {name} » n'existe pas",
                hint=f"images connues : {', '.join(self.recipes.images)}",
            )
        system = self._system(name)
        digest = image_digest(system, recipe)
        found = self.store.find("image", name, digest)
        if found is None:
            raise _not_built(f"l'image « {name} »")
        return BuiltImage(
            name, digest, found.file("disk.raw"), found.file("vmlinuz"), found.file("initrd.img")
        )

    def depot(self) -> Path:
        """The depot's disk. Raises ``EnvironmentProblem`` when it has not been built yet."""
        system = self._system(self.recipes.depot.image)
        found = self.store.find("depot", "depot", depot_digest(self.recipes.depot, system))
        if found is None:
            raise _not_built("le dépôt de paquets")
        return found.file("depot.raw")

    def _system(self, name: str) -> Artifact:
        found = self.store.find("systeme", name, self._digest(self.recipes.images[name]))
        if found is None:
            raise _not_built(f"l'image « {name} »")
        return found

    def _digest(self, recipe: ImageRecipe) -> str:
        """What a system is made of: recipe, overlay, script, and the depot key it trusts."""
        folder = self.recipes.folder
        sources = [folder / p for p in (recipe.overlay, recipe.customize) if p]
        key = self.store.find("cle", "depot", KEY_DIGEST)
        trusted = hashlib.sha256(key.file("public.gpg").read_bytes()).hexdigest() if key else ""
        stamp = f"{LAYOUT} {recipe.model_dump_json()} {digest_tree(sources)} {trusted}"
        return hashlib.sha256(stamp.encode()).hexdigest()

    def _check_room(self) -> None:
        free = free_disk_mib(self.store.root)
        if free < BUILD_ROOM_MIB:
            raise EnvironmentProblem(
                f"place insuffisante pour construire les images : {free} Mio libres dans "
                f"{self.store.root}, {BUILD_ROOM_MIB} Mio nécessaires",
                hint="libérez de la place, ou placez le cache ailleurs avec PCAPRA_HOME",
            )


def _not_built(what: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{what} n'est pas encore construite"
        if what.startswith("l'")
        else f"{what} n'est pas prêt",
        hint="pcapra-lab image build (une fois, quelques minutes)",
    )


def _reporter(sink: Callable[[LabEvent], None], phase: Phase, vm: str | None) -> Report:
    started = time.monotonic()

    def report(fraction: float | None, detail: str) -> None:
        sink(LabEvent(phase, vm, fraction, time.monotonic() - started, None, detail))

    return report


def _scaled(report: Report, low: float, high: float) -> Report:
    def scaled(fraction: float | None, detail: str) -> None:
        report(None if fraction is None else low + fraction * (high - low), detail)

    return scaled
