"""Parameters in a lesson: ``{{name}}`` found and replaced.

Only ``{{name}}`` without spaces is a parameter: borg's ``{now}``, Go's ``{{.Names}}`` and
Prometheus's ``{{ $value }}`` are the course's own text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pcapra_lab.content.base import PLACEHOLDER
from pcapra_lab.content.blocks import Block, FileBlock, LessonDocument, Prose
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.problems import ContentProblems, Problem, shown, suggestion


def lesson_texts(document: LessonDocument) -> Iterator[tuple[str, int]]:
    """Every text of a lesson that may hold parameters, with the line where it begins."""
    yield from (text for block in document.introduction for text in _texts(block))
    for section in document.sections:
        yield section.title, section.line
        yield from (text for block in section.blocks for text in _texts(block))


def fill(document: LessonDocument, values: Mapping[str, str]) -> LessonDocument:
    """The lesson with each ``{{name}}`` replaced. Blocks keep the keys of their source.

    Raises:
        ContentProblems: the lesson uses names that ``values`` lacks.
    """
    problems = []
    for text, line in lesson_texts(document):
        for match in PLACEHOLDER.finditer(text):
            if match[1] not in values:
                problems.append(
                    Problem(
                        Path(document.path),
                        line + text.count("\n", 0, match.start()),
                        "",
                        f"paramètre inconnu {shown(match[0])}" + suggestion(match[1], values),
                    )
                )
    if problems:
        raise ContentProblems(problems)

    def put(text: str) -> str:
        # One pass: a value that looks like a parameter is left as it is.
        return PLACEHOLDER.sub(lambda match: values[match[1]], text)

    return replace(
        document,
        introduction=tuple(_filled(block, put) for block in document.introduction),
        sections=tuple(
            replace(
                section,
                title=put(section.title),
                blocks=tuple(_filled(block, put) for block in section.blocks),
            )
            for section in document.sections
        ),
    )


def fill_hints(exercise: Exercise, values: Mapping[str, str]) -> Exercise:
    """The exercise with parameters replaced in what the trainee reads of it: titles and hints."""

    def put(text: str) -> str:
        return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

    steps = [
        step.model_copy(update={"title": put(step.title), "hints": [put(h) for h in step.hints]})
        for step in exercise.steps
    ]
    return exercise.model_copy(update={"steps": steps})


def _texts(block: Block) -> Iterator[tuple[str, int]]:
    if isinstance(block, Prose):
        yield block.markdown, block.line
    elif isinstance(block, FileBlock):
        yield block.path, block.line
        yield block.content, block.line + 1
    else:
        yield block.code, block.line + 1


def _filled(block: Block, put: Callable[[str], str]) -> Block:
    if isinstance(block, Prose):
        claims = tuple(replace(claim, text=put(claim.text)) for claim in block.claims)
        return replace(block, markdown=put(block.markdown), claims=claims)
    if isinstance(block, FileBlock):
        return replace(block, path=put(block.path), content=put(block.content))
    return replace(block, code=put(block.code))
