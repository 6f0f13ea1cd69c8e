"""What must agree between a lesson, its module and its exercise."""

from collections.abc import Iterator
from pathlib import Path

from pcapra_lab.content.blocks import CommandBlock, FileBlock, LessonDocument
from pcapra_lab.content.fill import lesson_texts
from pcapra_lab.content.lint_claims import lint_claims
from pcapra_lab.content.lint_consoles import lint_consoles
from pcapra_lab.content.lint_exercise import twice, wrong_placeholders
from pcapra_lab.content.models import Exercise, Module
from pcapra_lab.content.problems import Problem, shown, suggestion
from pcapra_lab.content.strict_yaml import Loaded


def lint_module(loaded: Loaded[Module]) -> Iterator[Problem]:
    """Problems of a module's list of lessons."""
    module, folder = loaded.model, loaded.path.parent
    if module.id != folder.name:
        yield loaded.problem(("id",), f"le dossier s'appelle {shown(folder.name)}")
    ids = [lesson.id for lesson in module.lessons]
    for i in twice(ids):
        yield loaded.problem(("lessons", i, "id"), f"leçon {shown(ids[i])} en double")
    for path in sorted(folder.rglob("*")):
        listed = path.parent == folder and path.suffix == ".md" and path.stem in ids
        if path != loaded.path and not listed and not path.is_dir():
            yield Problem(path, None, "", "fichier absent de la liste des leçons du module")


def lint_lesson(
    lesson: LessonDocument, expected_id: str, exercise: Exercise | None, vms: set[str] | None
) -> Iterator[Problem]:
    """Problems of a lesson.

    Args:
        lesson: as parsed, parameters not filled in.
        expected_id: its file's name without ``.md``.
        exercise: the one it names; None when it has none.
        vms: the machines of the exercise's topology; None when the topology itself is wrong.
    """
    path = Path(lesson.path)
    if lesson.meta.id != expected_id:
        yield Problem(path, None, "id", f"le fichier s'appelle {shown(expected_id + '.md')}")
    yield from lint_claims(lesson, exercise)
    yield from lint_consoles(lesson, exercise, vms)
    if exercise is None:
        vms = set()
    else:
        yield from _steps(lesson, exercise)
        if lesson.meta.level is not exercise.level:
            message = f"l'exercice annonce {shown(exercise.level)}"
            yield Problem(path, None, "level", message)
    sections = [lesson.introduction, *(section.blocks for section in lesson.sections)]
    for block in (block for blocks in sections for block in blocks):
        if not isinstance(block, CommandBlock | FileBlock) or vms is None or block.vm in vms:
            continue
        if exercise is None:
            message = "une leçon sans exercice n'a pas de machine : {show} attendu"
        else:
            named = exercise.topology or "aucune"
            message = f"la topologie {shown(named)} n'a pas de machine {shown(block.vm)}"
            message += suggestion(block.vm, vms)
        yield Problem(path, block.line, "", message)
    parameters = exercise.placeholders if exercise else set()
    for text, line in lesson_texts(lesson):
        for position, message in wrong_placeholders(text, parameters):
            yield Problem(path, line + text.count("\n", 0, position), "", message)


def _steps(lesson: LessonDocument, exercise: Exercise) -> Iterator[Problem]:
    path = Path(lesson.path)
    steps = [step.id for step in exercise.steps]
    bound = [section for section in lesson.sections if section.step is not None]
    for section in bound:
        if section.step not in steps:
            yield Problem(
                path,
                section.line,
                "",
                f"l'exercice n'a pas d'étape {shown(section.step)}"
                + suggestion(str(section.step), steps),
            )
    anchors = [section.step for section in bound]
    for step in steps:
        if step not in anchors:
            message = (
                f"aucune section pour l'étape {shown(step)} : « ## Titre {{#{step}}} » attendu"
            )
            yield Problem(path, None, "", message)
    told = [anchor for anchor in anchors if anchor in steps]
    if told != [step for step in steps if step in anchors]:
        yield Problem(path, None, "", "les sections ne suivent pas l'ordre des étapes")
