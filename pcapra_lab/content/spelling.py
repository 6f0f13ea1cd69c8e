"""The French words that trainees read, each with its places; and the course's own word list.

Code, commands, paths, addresses and parameters are not words. The dictionary itself is not this
program's: ``make spelling`` asks hunspell, see ``proofreading/``.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.content.blocks import Block, LessonDocument, Prose
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.checks import BaseCheck
from pcapra_lab.content.inventory import NAME as INVENTORY
from pcapra_lab.content.inventory import Inventory
from pcapra_lab.content.lint_quiz import texts_of
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.problems import Loc, Problem, shown
from pcapra_lab.content.source import read_source
from pcapra_lab.content.strict_yaml import Loaded, M, load

NAME = "mots.txt"

_LEFT_OUT = re.compile(
    r"(?P<ticks>`+).*?(?P=ticks)"  # code
    r"|\]\([^()]*\)"  # a link's target
    r"|\{\{[^{}]*\}\}"  # a parameter
    r"|https?://\S+",
    re.DOTALL,
)
_CHUNK = re.compile(r"\S+")
# A path, an option, a variable, a file name, a version: part of a command, not of a sentence.
_TECHNICAL = re.compile(r"[/@=\\:$]\w|\w[_*]\w|\d|\w\.\w|^[\W_]*--?\w")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_ELIDED = re.compile(r"(?i)^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands."""

    path: Path
    line: int | None
    key: str = ""


Words = Mapping[str, list[Place]]


def words_in(text: str) -> Iterator[tuple[str, int]]:
    """The words of a Markdown text, elided articles off, each with the newlines before it."""
    prose = _LEFT_OUT.sub(lambda match: " x" + "\n" * match[0].count("\n") + " ", text)
    for chunk in _CHUNK.finditer(prose):
        if not _TECHNICAL.search(chunk[0]):
            for match in _WORD.finditer(chunk[0]):
                word = _ELIDED.sub("", match[0], count=1)
                if len(word) > 1:
                    yield word, prose.count("\n", 0, chunk.start())


def words(catalogue: Catalogue) -> Words:
    """Every word of the course that a trainee may read.

    Raises:
        ContentProblems: a file of the course is malformed.
    """
    found: dict[str, list[Place]] = defaultdict(list)
    for path, line, key, text in _texts(catalogue):
        for word, row in words_in(text):
            # A YAML text may be folded over lines: only where it begins is known.
            found[word].append(Place(path, line if key else (line or 0) + row, key))
    return found


def own_words(catalogue: Catalogue) -> list[str]:
    """The course's word list; empty when it has none.

    Raises:
        ContentProblems: the file cannot be read as text.
    """
    path = catalogue.root / "modules" / NAME
    return read_source(path).splitlines() if path.exists() else []


def lint_words(catalogue: Catalogue) -> Iterator[Problem]:
    """A word list that is not sorted, or holds what no text uses.

    Raises:
        ContentProblems: a file of the course is malformed.
    """
    path = catalogue.root / "modules" / NAME
    listed = own_words(catalogue)
    used = {form for word in (words(catalogue) if listed else ()) for form in forms(word)}
    for number, word in enumerate(listed, 1):
        if not _WORD.fullmatch(word):
            yield Problem(path, number, "", f"{shown(word)} : un mot par ligne, et rien d'autre")
        elif number > 1 and sort_key(word) <= sort_key(listed[number - 2]):
            yield Problem(path, number, "", f"{shown(word)} : mots en double ou mal rangés")
        elif word not in used:
            yield Problem(path, number, "", f"{shown(word)} : aucun texte n'emploie ce mot")


def forms(word: str) -> set[str]:
    """What may be listed for ``word``: itself, or without the capital of a sentence's start."""
    return {word, word[:1].lower() + word[1:]}


def sort_key(word: str) -> tuple[str, str]:
    """The list's order: capitals do not count."""
    return word.casefold(), word


def _texts(catalogue: Catalogue) -> Iterator[tuple[Path, int | None, str, str]]:
    """File, line, key and text of everything that is read."""
    for name in catalogue.module_ids():
        module = catalogue.loaded_module(name)
        yield from _values(module, "title", "summary")
        for i, ref in enumerate(module.model.lessons):
            yield from _values(module, ("lessons", i, "title"))
            if catalogue.written(name, ref):
                yield from _lesson(catalogue.lesson(name, ref.id))
    for name in catalogue.exercise_ids():
        exercise = catalogue.loaded_exercise(name)
        yield from _values(exercise, "title")
        yield from _checklist(exercise)
        for i, step in enumerate(exercise.model.steps):
            yield from _values(exercise, ("steps", i, "title"))
            for j in range(len(step.hints)):
                yield from _values(exercise, ("steps", i, "hints", j))
            for j, check in enumerate(step.checks):
                yield from _check(exercise, ("steps", i, "checks", j), check)
            for j in range(len(step.mutants)):
                yield from _values(exercise, ("steps", i, "mutants", j, "title"))
            for j in range(len(step.alternatives)):
                yield from _values(exercise, ("steps", i, "alternatives", j, "title"))
            for j in range(len(step.failchecks)):
                way = ("steps", i, "failchecks", j, "check")
                yield from _values(exercise, (*way, "title"), (*way, "hint"))
            for j, question in enumerate(step.questions):
                at = ("steps", i, "questions", j)
                yield from _values(exercise, *((*at, *loc) for loc, _ in texts_of(question)))
    for name in catalogue.topology_ids():
        topology = catalogue.loaded_topology(name)
        yield from _values(topology, "title")
        for i in range(len(topology.model.vms)):
            yield from _values(topology, ("vms", i, "title"))
    if glossary := catalogue.loaded_glossary():
        for i in range(len(glossary.model.terms)):
            yield from _values(glossary, ("terms", i, "definition"))
    path = catalogue.root / "modules" / INVENTORY
    if path.exists():
        inventory = load(path, Inventory)
        for i, entry in enumerate(inventory.model.commands):
            if entry.replaced is not None:
                yield from _values(inventory, ("commands", i, "replaced"))


def _checklist(exercise: Loaded[Exercise]) -> Iterator[tuple[Path, int | None, str, str]]:
    for i, line in enumerate(exercise.model.checklist):
        keys = ("category", "title", *(["not_applicable"] if line.not_applicable else []))
        yield from _values(exercise, *(("checklist", i, key) for key in keys))
        for j, check in enumerate(line.checks):
            yield from _check(exercise, ("checklist", i, "checks", j), check)


def _check(
    exercise: Loaded[Exercise], way: Loc, check: BaseCheck
) -> Iterator[tuple[Path, int | None, str, str]]:
    keys = ("title", "hint", *(["expected"] if check.expected else []))
    yield from _values(exercise, *((*way, key) for key in keys))


def _lesson(lesson: LessonDocument) -> Iterator[tuple[Path, int | None, str, str]]:
    path = Path(lesson.path)
    yield path, None, "title", lesson.meta.title
    for i, console in enumerate(lesson.meta.consoles):
        yield path, None, f"consoles.{i}.title", console.title
    yield from ((path, line, "", text) for text, line in _prose(lesson.introduction))
    for section in lesson.sections:
        yield path, section.line, "", section.title
        yield from ((path, line, "", text) for text, line in _prose(section.blocks))


def _prose(blocks: tuple[Block, ...]) -> Iterator[tuple[str, int]]:
    yield from ((block.markdown, block.line) for block in blocks if isinstance(block, Prose))


def _values(
    loaded: Loaded[M], *ways: str | tuple[str | int, ...]
) -> Iterator[tuple[Path, int | None, str, str]]:
    for way in ways:
        loc = (way,) if isinstance(way, str) else way
        value: object = loaded.model
        for part in loc:
            value = value[part] if isinstance(part, int) else getattr(value, part)  # type: ignore[index]
        problem = loaded.problem(loc, "")
        yield loaded.path, problem.line, problem.key, str(value)
