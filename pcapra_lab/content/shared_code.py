"""Python modules that the course's guest scripts share: ``exercises/shared/lab_*.py``.

A script that imports one finds it beside itself on the machine. A proof stands on those that its
exercise's scripts import, and on no others.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pcapra_lab.content.digest import CACHES

FOLDER = "shared"
PREFIX = "lab_"


def shared_folder(exercise_folder: Path) -> Path:
    """Where an exercise's scripts find what they share."""
    return exercise_folder.parent / FOLDER


def is_python(source: str) -> bool:
    """Whether a script is Python's, by its first line."""
    return "python" in source.partition("\n")[0]


def python_files(folder: Path) -> Iterator[Path]:
    """The Python sources below a folder, in order."""
    for path in sorted(folder.rglob("*.py")):
        if not CACHES.intersection(path.parts):
            yield path


def shared_modules(source: str, folder: Path) -> dict[str, Path]:
    """The shared modules that a script stands on, by name, those of its modules too.

    Args:
        source: the script; anything but Python stands on none.
        folder: where they are.

    Raises:
        SyntaxError: it is no Python.
    """
    found: dict[str, Path] = {}
    waiting = list(imported(source)) if is_python(source) else []
    while waiting:
        name = waiting.pop()
        path = folder / f"{name}.py"
        if name not in found and path.is_file():
            found[name] = path
            waiting += imported(path.read_text(encoding="utf-8"))
    return dict(sorted(found.items()))


@cache
def imported(source: str) -> tuple[str, ...]:
    """The names of shared modules that a source imports, whether they exist or not.

    Raises:
        SyntaxError: it is no Python.
    """
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return tuple(name for name in dict.fromkeys(names) if name.startswith(PREFIX))
