"""A lesson asks for all that is checked, and for nothing else, where the trainee reads it."""

from collections.abc import Iterator
from pathlib import Path

from pcapra_lab.content.blocks import Block, Claim, LessonDocument, Prose
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.content.problems import Problem, shown, suggestion


def lint_claims(lesson: LessonDocument, exercise: Exercise | None) -> Iterator[Problem]:
    """Checks that no sentence of their step's section asks for, and claims of no such check."""
    path = Path(lesson.path)
    steps = {step.id: step for step in exercise.steps} if exercise else {}
    owners = {check.id: step.id for step in steps.values() for check in step.checks}
    parts = [(None, lesson.introduction), *((s.step, s.blocks) for s in lesson.sections)]
    for name, blocks in parts:
        step = steps.get(name) if name is not None else None
        for claim in _claims(blocks):
            for check in claim.checks:
                if message := _misplaced(check, step, owners):
                    yield Problem(path, claim.line, "", message)
    for section in lesson.sections:
        if section.step in steps:
            claimed = {name for claim in _claims(section.blocks) for name in claim.checks}
            for check in (c.id for c in steps[section.step].checks if c.id not in claimed):
                message = (
                    f"aucune phrase de la section ne demande le contrôle {shown(check)} : "
                    f"« [phrase]{{check={check}}} » attendu"
                )
                yield Problem(path, section.line, "", message)


def _claims(blocks: tuple[Block, ...]) -> Iterator[Claim]:
    for block in blocks:
        if isinstance(block, Prose):
            yield from block.claims


def _misplaced(check: str, step: Step | None, owners: dict[str, str]) -> str:
    """Why a claim may not stand in this step's section, or nothing."""
    if step is None:
        return f"le contrôle {shown(check)} est demandé hors de la section d'une étape"
    known = [c.id for c in step.checks]
    if check in known:
        return ""
    message = f"l'étape {shown(step.id)} n'a pas de contrôle {shown(check)}"
    if check in owners:
        return f"{message} : c'est un contrôle de l'étape {shown(owners[check])}"
    return message + suggestion(check, known)
