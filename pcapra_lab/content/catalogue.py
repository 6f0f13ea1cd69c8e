"""The whole course, found on disk and loaded item by item."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.bundle import NO_BUNDLE, BundleRecipe
from pcapra_lab.content.glossary import FILE, Glossary
from pcapra_lab.content.lesson import parse_lesson
from pcapra_lab.content.locate import content_root
from pcapra_lab.content.models import (
    NO_MACHINES,
    DepotRecipe,
    Exercise,
    ImageRecipe,
    LessonRef,
    Module,
    Topology,
)
from pcapra_lab.content.problems import ContentProblems, shown, suggestion
from pcapra_lab.content.references import Reference, exercise_files, missing, recipe_files
from pcapra_lab.content.strict_yaml import Loaded, M, load
from pcapra_lab.errors import ContentError
from pcapra_lab.i18n import _

__all__ = ["Catalogue", "content_root"]


class Catalogue:
    """The course under one root. Items are read when asked for, once, and never change after.

    Methods raise ``ContentError`` for an unknown id (with the close ones) and
    ``ContentProblems`` for a malformed file.

    Args:
        root: the folder that holds ``modules/``, ``exercises/`` and ``vm-images/``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._loaded: dict[Path, Loaded[Any]] = {}
        self._lessons: dict[Path, LessonDocument] = {}

    @classmethod
    def load(cls, root: Path | None = None) -> "Catalogue":
        """The catalogue at ``root``, or where ``content_root`` finds the course."""
        return cls(content_root() if root is None else root)

    @property
    def images_folder(self) -> Path:
        """Where image recipes are; their overlays and scripts are named relative to it."""
        return self.root / "vm-images" / "images"

    def module_ids(self) -> tuple[str, ...]:
        """Folders of ``modules/`` that hold a module."""
        return tuple(sorted(p.parent.name for p in self.root.glob("modules/*/module.yaml")))

    def exercise_ids(self) -> tuple[str, ...]:
        """Folders of ``exercises/`` that hold an exercise."""
        return tuple(sorted(p.parent.name for p in self.root.glob("exercises/*/exercise.yaml")))

    def topology_ids(self) -> tuple[str, ...]:
        """Topologies of ``vm-images/topologies/``."""
        return tuple(sorted(p.stem for p in self.root.glob("vm-images/topologies/*.yaml")))

    def image_ids(self) -> tuple[str, ...]:
        """Recipes of ``vm-images/images/``."""
        return tuple(sorted(p.stem for p in self.images_folder.glob("*.yaml")))

    def modules(self) -> tuple[Module, ...]:
        """All modules, in the course's order."""
        modules = [self.module(module) for module in self.module_ids()]
        return tuple(sorted(modules, key=lambda module: _natural(module.number)))

    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises, by id."""
        return tuple(self.exercise(exercise) for exercise in self.exercise_ids())

    def topologies(self) -> tuple[Topology, ...]:
        """All topologies, by id."""
        return tuple(self.topology(topology) for topology in self.topology_ids())

    def images(self) -> tuple[ImageRecipe, ...]:
        """All image recipes, by id."""
        return tuple(self.image(image) for image in self.image_ids())

    def module(self, module: str) -> Module:
        """One module."""
        return self.loaded_module(module).model

    def lesson(self, module: str, lesson: str) -> LessonDocument:
        """One lesson, parameters not filled in. Refused while it is not written."""
        refs = {ref.id: ref for ref in self.module(module).lessons}
        _known(_("leçon"), lesson, refs)
        if not self.written(module, refs[lesson]):
            raise ContentError(
                _("La leçon « {title} » est en préparation.").format(title=refs[lesson].title),
                hint=_("Choisissez une autre leçon du module."),
            )
        path = self.lesson_path(module, lesson)
        if path not in self._lessons:
            self._lessons[path] = parse_lesson(path)
        return self._lessons[path]

    def written(self, module: str, lesson: LessonRef) -> bool:
        """Whether a lesson can be read: it is ready, or it is a draft with a file."""
        return lesson.ready or self.lesson_path(module, lesson.id).exists()

    def proved_ids(self) -> tuple[str, ...]:
        """The exercises that must be proved: those that are not a draft's."""
        drafts = self._draft_lessons()
        return tuple(x for x in self.exercise_ids() if self.exercise(x).lesson not in drafts)

    def is_draft(self, exercise: str) -> bool:
        """Whether an exercise is a draft: it is as long as its lesson is not ``ready``."""
        return self.exercise(exercise).lesson in self._draft_lessons()

    def _draft_lessons(self) -> set[str]:
        return {
            f"{module.id}/{ref.id}"
            for module in self.modules()
            for ref in module.lessons
            if not ref.ready
        }

    def lesson_path(self, module: str, lesson: str) -> Path:
        """Where a lesson's file is expected."""
        return self.root / "modules" / module / f"{lesson}.md"

    def exercise(self, exercise: str) -> Exercise:
        """One exercise; every script it names exists in ``exercise_folder``."""
        return self.loaded_exercise(exercise).model

    def exercise_folder(self, exercise: str) -> Path:
        """The folder that an exercise's scripts are named relative to."""
        _known(_("exercice"), exercise, self.exercise_ids())
        return self.root / "exercises" / exercise

    def topology(self, topology: str) -> Topology:
        """One topology."""
        return self.loaded_topology(topology).model

    def topology_of(self, exercise: Exercise) -> Topology:
        """The machines of an exercise; ``NO_MACHINES`` when it has none."""
        return NO_MACHINES if exercise.topology is None else self.topology(exercise.topology)

    def image(self, image: str) -> ImageRecipe:
        """One image recipe; its overlay and script exist in ``images_folder``."""
        return self.loaded_image(image).model

    def depot(self) -> DepotRecipe:
        """The package depot."""
        return self.loaded_depot().model

    def bundle(self) -> BundleRecipe:
        """The trainer's bundle, as declared; empty when the course has none."""
        loaded = self.loaded_bundle()
        return loaded.model if loaded else NO_BUNDLE

    def loaded_glossary(self) -> Loaded[Glossary] | None:
        """The glossary, with its lines; None when the course has none."""
        path = self.root / "modules" / FILE
        return self._load(path, Glossary) if path.exists() else None

    def loaded_module(self, module: str) -> Loaded[Module]:
        """One module, with its lines."""
        _known("module", module, self.module_ids())
        return self._load(self.root / "modules" / module / "module.yaml", Module)

    def loaded_exercise(self, exercise: str) -> Loaded[Exercise]:
        """One exercise, with its lines."""
        folder = self.exercise_folder(exercise)
        return self._load(folder / "exercise.yaml", Exercise, exercise_files)

    def loaded_topology(self, topology: str) -> Loaded[Topology]:
        """One topology, with its lines."""
        _known("topologie", topology, self.topology_ids())
        return self._load(self.root / "vm-images" / "topologies" / f"{topology}.yaml", Topology)

    def loaded_image(self, image: str) -> Loaded[ImageRecipe]:
        """One image recipe, with its lines."""
        _known("image", image, self.image_ids())
        return self._load(self.images_folder / f"{image}.yaml", ImageRecipe, recipe_files)

    def loaded_depot(self) -> Loaded[DepotRecipe]:
        """The package depot, with its lines."""
        return self._load(self.root / "vm-images" / "depot.yaml", DepotRecipe)

    def loaded_bundle(self) -> Loaded[BundleRecipe] | None:
        """The trainer's bundle, with its lines; None when the course has none."""
        path = self.root / "vm-images" / "bundle.yaml"
        return self._load(path, BundleRecipe) if path.exists() else None

    def _load(
        self,
        path: Path,
        model: type[M],
        references: Callable[[M], Iterator[Reference]] | None = None,
    ) -> Loaded[M]:
        if path not in self._loaded:
            loaded = load(path, model)
            if references is not None:
                problems = list(missing(loaded, references(loaded.model)))
                if problems:
                    raise ContentProblems(problems)
            self._loaded[path] = loaded
        return self._loaded[path]


def _known(kind: str, name: str, names: Iterable[str]) -> None:
    """Refuse a name that is not one of ``names``: it never becomes a path."""
    known = list(names)
    if name not in known:
        raise ContentError(
            _("{capitalize} introuvable : {name}{suggestion}").format(
                capitalize=kind.capitalize(), name=shown(name), suggestion=suggestion(name, known)
            ),
            hint=_("Existent : {known}.").format(known=", ".join(known))
            if known
            else _("Il n'en existe encore aucun."),
        )


def _natural(number: str) -> list[tuple[int, str]]:
    """A sort key that puts 2 before 10, and letters after digits."""
    parts = re.findall(r"\d+|\D+", number)
    return [(int(p), "") if p.isdecimal() else (1 << 62, p) for p in parts]
