"""A lesson's web consoles: machines that exist, names used once, titles well written."""

from collections.abc import Iterator, Set
from pathlib import Path

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.lint_exercise import twice
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.problems import Problem, shown, suggestion
from pcapra_lab.content.typography import title_faults


def lint_consoles(
    lesson: LessonDocument, exercise: Exercise | None, vms: Set[str] | None
) -> Iterator[Problem]:
    """Problems of the consoles in a lesson's front matter.

    Args:
        lesson: as parsed.
        exercise: the one it names; None when it has none.
        vms: the machines of the exercise's topology; None when the topology itself is wrong.
    """
    path, consoles = Path(lesson.path), lesson.meta.consoles
    if consoles and exercise is None:
        message = "une leçon sans exercice n'a pas de machine"
        yield Problem(path, None, "consoles", message)
        return
    ids = [console.id for console in consoles]
    for i in twice(ids):
        yield Problem(path, None, f"consoles.{i}.id", f"console {shown(ids[i])} en double")
    for i, console in enumerate(consoles):
        for message in title_faults(console.title):
            yield Problem(path, None, f"consoles.{i}.title", message)
        if exercise is not None and vms is not None and console.vm not in vms:
            message = (
                f"la topologie {shown(exercise.topology)} n'a pas de machine {shown(console.vm)}"
                + suggestion(console.vm, vms)
            )
            yield Problem(path, None, f"consoles.{i}.vm", message)
