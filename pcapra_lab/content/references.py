"""The files that content names, and the proof that they are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.content.checks import ScriptCheck
from pcapra_lab.content.drill import Drill
from pcapra_lab.content.locate import inside
from pcapra_lab.content.models import Exercise, ImageRecipe
from pcapra_lab.content.problems import Loc, Problem
from pcapra_lab.content.strict_yaml import Loaded, M


@dataclass(frozen=True, slots=True)
class Reference:
    """A path written in a YAML file, relative to that file's folder."""

    loc: Loc
    path: str
    is_folder: bool = False


def exercise_files(exercise: Exercise) -> Iterator[Reference]:
    """Every script an exercise names."""
    for i, script in enumerate(exercise.setup):
        yield Reference(("setup", i, "script"), script.script)
    for i, step in enumerate(exercise.steps):
        at: Loc = ("steps", i)
        for j, script in enumerate(step.setup):
            yield Reference((*at, "setup", j, "script"), script.script)
        if step.drill is not None:
            yield from _drill_files(step.drill, (*at, "drill"))
        for j, check in enumerate(step.checks):
            if isinstance(check, ScriptCheck):
                yield Reference((*at, "checks", j, "run"), check.run)
        for j, script in enumerate(step.solution):
            yield Reference((*at, "solution", j, "script"), script.script)
        for j, alternative in enumerate(step.alternatives):
            for k, script in enumerate(alternative.solution):
                yield Reference((*at, "alternatives", j, "solution", k, "script"), script.script)
        for j, failcheck in enumerate(step.failchecks):
            here: Loc = (*at, "failchecks", j)
            yield Reference((*here, "broken_by", "script"), failcheck.broken_by.script)
            if isinstance(failcheck.check, ScriptCheck):
                yield Reference((*here, "check", "run"), failcheck.check.run)
        for j, mutant in enumerate(step.mutants):
            yield Reference((*at, "mutants", j, "script"), mutant.script)
    for i, line in enumerate(exercise.checklist):
        for j, check in enumerate(line.checks):
            if isinstance(check, ScriptCheck):
                yield Reference(("checklist", i, "checks", j, "run"), check.run)


def _drill_files(drill: Drill, at: Loc) -> Iterator[Reference]:
    for key in ("script", "undo"):
        if (one := getattr(drill.fault, key, None)) is not None:
            yield Reference((*at, "fault", key, "script"), one.script)
    if drill.surprise is None:
        return
    for among in ("faults", "decoys"):
        for j, odd in enumerate(getattr(drill.surprise, among)):
            for key in ("script", "undo"):
                if (path := getattr(odd, key)) is not None:
                    yield Reference((*at, "surprise", among, j, key), path)


def recipe_files(recipe: ImageRecipe) -> Iterator[Reference]:
    """The overlay and the script an image recipe names."""
    if recipe.overlay is not None:
        yield Reference(("overlay",), recipe.overlay, is_folder=True)
    if recipe.customize is not None:
        yield Reference(("customize",), recipe.customize)


def missing(loaded: Loaded[M], references: Iterator[Reference]) -> Iterator[Problem]:
    """What is wrong with the files that ``loaded`` names."""
    folder: Path = loaded.path.parent
    for reference in references:
        try:
            path = inside(folder, reference.path)
        except ValueError as error:
            yield loaded.problem(reference.loc, str(error))
            continue
        if reference.is_folder and not path.is_dir():
            yield loaded.problem(reference.loc, f"« {reference.path} » n'est pas un dossier")
        if not reference.is_folder and not path.is_file():
            yield loaded.problem(reference.loc, f"« {reference.path} » n'est pas un fichier")
