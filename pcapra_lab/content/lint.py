"""The content linter: every problem of the whole course, in one pass."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.glossary import FILE as GLOSSARY
from pcapra_lab.content.inventory import NAME as INVENTORY
from pcapra_lab.content.inventory import Inventory
from pcapra_lab.content.lesson import parse_lesson
from pcapra_lab.content.lint_bundle import lint_bundle, lint_products
from pcapra_lab.content.lint_checklist import lint_checklist
from pcapra_lab.content.lint_exercise import lint_exercise
from pcapra_lab.content.lint_glossary import lint_glossary
from pcapra_lab.content.lint_inventory import lint_inventory
from pcapra_lab.content.lint_lesson import lint_lesson, lint_module
from pcapra_lab.content.lint_machines import (
    lint_depot,
    lint_groups,
    lint_image,
    lint_parents,
    lint_topology,
)
from pcapra_lab.content.lint_shared import lint_shared
from pcapra_lab.content.models import Exercise, ImageRecipe, Topology
from pcapra_lab.content.problems import ContentProblems, Problem, shown, suggestion
from pcapra_lab.content.references import missing, recipe_files
from pcapra_lab.content.shared_code import FOLDER as SHARED
from pcapra_lab.content.spelling import NAME as WORDS
from pcapra_lab.content.spelling import lint_words
from pcapra_lab.content.strict_yaml import Loaded, M, load

T = TypeVar("T")

_BESIDES = {"modules": {GLOSSARY, INVENTORY, WORDS}, "exercises": {SHARED}}
"""What speaks of all the modules, and what all the exercises share."""


def lint(catalogue: Catalogue) -> list[Problem]:
    """Everything wrong with the course, by file and line; empty when all is well."""
    return list(ContentProblems(_Lint(catalogue).run()).problems)


class _Lint:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        self.images = self._all(catalogue.image_ids(), self._image)
        self.topologies = self._all(catalogue.topology_ids(), catalogue.loaded_topology)
        self.depot = self._try(catalogue.loaded_depot)
        self.bundle = self._try(catalogue.loaded_bundle)
        self.glossary = self._try(catalogue.loaded_glossary)
        self.exercises = self._all(catalogue.exercise_ids(), self._exercise)
        self.modules = self._all(catalogue.module_ids(), catalogue.loaded_module)
        self.lessons: dict[tuple[str, str], LessonDocument] = {}
        for module, loaded in self.modules.items():
            for ref in (x for x in loaded.model.lessons if catalogue.written(module, x)):
                lesson = self._try(partial(parse_lesson, catalogue.lesson_path(module, ref.id)))
                if lesson is not None:
                    self.lessons[module, ref.id] = lesson

    def run(self) -> list[Problem]:
        images = set(self.catalogue.image_ids())
        self.problems += self._nameless_folders()
        for image in self.images.values():
            self.problems += lint_image(image)
            self.problems += missing(image, recipe_files(image.model))
        self.problems += lint_parents(self.images, images)
        for topology in self.topologies.values():
            self.problems += lint_topology(topology, images)
        if self.depot:
            self.problems += lint_depot(self.depot, images)
        if self.bundle:
            self.problems += lint_bundle(self.bundle, self._listed())
        for exercise in self.exercises.values():
            vms = self._vms(exercise.model)
            self.problems += lint_exercise(exercise, vms)
            faults = lint_checklist(exercise.model, vms)
            self.problems += (exercise.problem(loc, message) for loc, message in faults)
            self.problems += self._bound(exercise)
        folders = [self.catalogue.exercise_folder(name) for name in self.exercises]
        self.problems += lint_shared(folders)
        if self.glossary:
            self.problems += lint_glossary(self.glossary)
        for module in self.modules.values():
            self.problems += lint_module(module)
        for (module_id, lesson_id), lesson in self.lessons.items():
            self.problems += self._lesson(lesson, module_id, lesson_id)
        self.problems += self._numbers()
        self.problems += self._inventory()
        if not self.problems:
            # Words are counted in all the texts: they must all have been read.
            self.problems += self._try(lambda: list(lint_words(self.catalogue))) or []
        return self.problems

    def _numbers(self) -> Iterator[Problem]:
        """People name lessons by their numbers: each has its own."""
        taken: dict[str, LessonDocument] = {}
        for lesson in self.lessons.values():
            first = taken.setdefault(lesson.meta.number, lesson)
            if first is not lesson:
                message = f"{shown(first.meta.id)} porte déjà le numéro {shown(lesson.meta.number)}"
                yield Problem(Path(lesson.path), None, "number", message)

    def _inventory(self) -> Iterator[Problem]:
        """Where the commands of the course's document went; a course may have no document."""
        path = self.catalogue.root / "modules" / INVENTORY
        loaded = self._try(partial(load, path, Inventory)) if path.exists() else None
        if loaded is not None:
            listed = {
                f"{module}/{ref.id}": ref.ready
                for module, m in self.modules.items()
                for ref in m.model.lessons
            }
            lessons = {f"{module}/{name}": doc for (module, name), doc in self.lessons.items()}
            yield from lint_inventory(loaded, listed, lessons)

    def _try(self, loader: Callable[[], T]) -> T | None:
        try:
            return loader()
        except ContentProblems as error:
            self.problems += error.problems
            return None

    def _all(
        self, names: tuple[str, ...], loader: Callable[[str], Loaded[M]]
    ) -> dict[str, Loaded[M]]:
        found = {name: self._try(partial(loader, name)) for name in names}
        return {name: loaded for name, loaded in found.items() if loaded is not None}

    # The catalogue refuses an item whose files are absent; its other problems matter here too.
    def _exercise(self, name: str) -> Loaded[Exercise]:
        return load(self.catalogue.exercise_folder(name) / "exercise.yaml", Exercise)

    def _image(self, name: str) -> Loaded[ImageRecipe]:
        return load(self.catalogue.images_folder / f"{name}.yaml", ImageRecipe)

    def _nameless_folders(self) -> Iterator[Problem]:
        """Folders that the catalogue would pass over in silence."""
        for kind, file in (("exercises", "exercise.yaml"), ("modules", "module.yaml")):
            folder = self.catalogue.root / kind
            if not folder.is_dir():
                yield Problem(folder, None, "", "ce dossier manque")
                continue
            for path in sorted(folder.iterdir()):
                besides = path.name in _BESIDES[kind]
                if not (besides or path.name.startswith(".") or (path / file).is_file()):
                    yield Problem(path, None, "", f"ce n'est pas un dossier avec {file}")

    def _vms(self, exercise: Exercise) -> set[str] | None:
        """The exercise's machines; None when its topology could not be read."""
        if exercise.topology is None:
            return set()
        loaded: Loaded[Topology] | None = self.topologies.get(exercise.topology)
        return {vm.name for vm in loaded.model.vms} if loaded else None

    def _listed(self) -> set[str]:
        """Every lesson that a module lists."""
        return {
            f"{module}/{ref.id}" for module, m in self.modules.items() for ref in m.model.lessons
        }

    def _bound(self, loaded: Loaded[Exercise]) -> Iterator[Problem]:
        """The exercise's topology and lesson exist, and the lesson names the exercise."""
        exercise = loaded.model
        topologies = self.catalogue.topology_ids()
        if exercise.topology is not None and exercise.topology not in topologies:
            yield loaded.problem(
                ("topology",),
                f"aucune topologie {shown(exercise.topology)}"
                + suggestion(exercise.topology, topologies),
            )
        yield from lint_groups(loaded, self.depot)
        yield from lint_products(loaded, self.bundle)
        listed = self._listed()
        if exercise.lesson not in listed:
            yield loaded.problem(
                ("lesson",),
                f"aucune leçon {shown(exercise.lesson)}" + suggestion(exercise.lesson, listed),
            )
            return
        module, _, name = exercise.lesson.partition("/")
        lesson = self.lessons.get((module, name))
        if lesson is not None and lesson.meta.exercise != exercise.id:
            other = lesson.meta.exercise
            named = "ne nomme aucun exercice" if other is None else f"nomme {shown(other)}"
            yield loaded.problem(("lesson",), f"la leçon {shown(exercise.lesson)} {named}")

    def _lesson(self, lesson: LessonDocument, module: str, name: str) -> Iterator[Problem]:
        exercise = lesson.meta.exercise
        if exercise is None:
            yield from lint_lesson(lesson, name, None, None)
        elif exercise in self.exercises:
            model = self.exercises[exercise].model
            yield from lint_lesson(lesson, name, model, self._vms(model))
            if model.lesson != f"{module}/{name}":
                message = f"l'exercice {shown(exercise)} nomme la leçon {shown(model.lesson)}"
                yield Problem(Path(lesson.path), None, "exercise", message)
        elif exercise not in (known := self.catalogue.exercise_ids()):
            message = f"aucun exercice {shown(exercise)}" + suggestion(exercise, known)
            yield Problem(Path(lesson.path), None, "exercise", message)
