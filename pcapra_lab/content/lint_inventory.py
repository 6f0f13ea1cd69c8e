"""Every command of the course's document is taught, replaced for a reason, or still to come."""

import re
from collections.abc import Iterator, Mapping

from pcapra_lab.content.blocks import FileBlock, LessonDocument, Prose
from pcapra_lab.content.inventory import Inventory, TaughtCommand
from pcapra_lab.content.lint_exercise import twice
from pcapra_lab.content.problems import Loc, Problem, shown, suggestion
from pcapra_lab.content.strict_yaml import Loaded

_CONTINUED = re.compile(r"\\\n")


def lint_inventory(
    loaded: Loaded[Inventory],
    listed: Mapping[str, bool],
    lessons: Mapping[str, LessonDocument],
) -> Iterator[Problem]:
    """Entries that say something untrue.

    Args:
        loaded: the inventory.
        listed: the lessons of all modules, ``<module>/<lesson>``, and whether they are ready.
        lessons: those that could be read, drafts among them.
    """
    commands = loaded.model.commands
    for i in twice(entry.id for entry in commands):
        message = f"commande {shown(commands[i].id)} en double"
        yield loaded.problem(("commands", i, "id"), message)
    for i in twice(f"{entry.section}\n{_flat(entry.command)}" for entry in commands):
        yield loaded.problem(("commands", i, "command"), "déjà dans cette section du support")
    said = {
        f"{path}#{section.anchor}": _code(lesson, section.anchor)
        for path, lesson in lessons.items()
        for section in lesson.sections
    }
    for i, entry in enumerate(commands):
        for key, message in _fate(entry, listed, lessons, said):
            loc: Loc = ("commands", i, key)
            yield loaded.problem(loc, message)


def _fate(
    entry: TaughtCommand,
    listed: Mapping[str, bool],
    lessons: Mapping[str, LessonDocument],
    said: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    key, path = "pending", entry.pending
    if entry.block is not None:
        key, path = "block", entry.block.partition("#")[0]
    if path is not None and path not in listed:
        yield key, f"aucune leçon {shown(path)}" + suggestion(path, listed)
    elif entry.pending is not None and listed[entry.pending]:
        yield key, f"la leçon {shown(path)} est prête : dites où elle montre cette commande"
    elif entry.block and path and not (listed[path] or path in lessons):
        yield key, f"la leçon {shown(path)} n'est pas écrite : « pending: {path} » attendu"
    elif entry.block is not None and path in lessons:
        if entry.block not in said:
            message = f"aucune section {shown(entry.block)}"
            yield key, message + suggestion(entry.block, said)
        elif _flat(wanted := entry.text or entry.command) not in said[entry.block]:
            where = "command" if entry.text is None else "text"
            yield where, f"aucun bloc de {shown(entry.block)} ne contient {shown(wanted)}"
    elif entry.replaced is not None:
        flat = _flat(entry.command)
        if places := [place for place, code in said.items() if flat in code.splitlines()]:
            yield (
                "replaced",
                f"la commande est dans {shown(places[0])} : « block: {places[0]} » attendu",
            )


def _code(lesson: LessonDocument, anchor: str) -> str:
    """All that the blocks of a section run, write or show, one command a line."""
    [section] = [section for section in lesson.sections if section.anchor == anchor]
    texts = [
        block.content if isinstance(block, FileBlock) else block.code
        for block in section.blocks
        if not isinstance(block, Prose)
    ]
    lines = _CONTINUED.sub(" ", "\n".join(texts)).splitlines()
    return "\n".join(_flat(line) for line in lines)


def _flat(text: str) -> str:
    return " ".join(_CONTINUED.sub(" ", text).split())
