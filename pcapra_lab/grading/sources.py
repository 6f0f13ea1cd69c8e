"""Modules by what they import: what goes into a guest, and what a proof stands on."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pcapra_lab
from pcapra_lab.grading.registry import unit_of

GRADING = "pcapra_lab.grading"
GUEST = f"{GRADING}.guest"
CHECKS = "pcapra_lab.content.checks"

_CORE = (f"{GRADING}.runner", f"{GUEST}.core", f"{GUEST}.script")
"""Where the code that grades anything starts; exercises' own scripts run through it too."""


def closure(starts: Iterable[str], within: tuple[str, ...]) -> dict[str, Path]:
    """The modules named and what they import from ``within``, each after those it needs."""
    found: dict[str, Path] = {}
    root = Path(pcapra_lab.__file__).parent
    for name in starts:
        _visit(name, within, root, found)
    return found


def guest_modules(kinds: Iterable[str]) -> dict[str, Path]:
    """The agent's core and the fact modules that items of these kinds need."""
    return closure([f"{GUEST}.core", *(f"{GUEST}.{kind}" for kind in kinds)], (GUEST,))


def grading_modules(types: Iterable[str]) -> dict[str, Path]:
    """All that grades checks of these types: a new type, or another's, changes nothing here."""
    starts = list(_CORE)
    for type_ in types:
        starts += [f"{GRADING}.units.{type_}", f"{CHECKS}.{type_}"]
        starts.append(f"{GUEST}.{unit_of(type_).guest}")
    return closure(starts, (GRADING, CHECKS))


def _visit(name: str, within: tuple[str, ...], root: Path, found: dict[str, Path]) -> None:
    if name in found or not name.startswith(tuple(f"{package}." for package in within)):
        return
    path = root.parent.joinpath(*name.split(".")).with_suffix(".py")
    if not path.is_file():
        return
    for needed in imports(path):
        _visit(needed, within, root, found)
    found[name] = path


def imports(path: Path) -> Iterator[str]:
    """The modules a source file may import: ``from a import b`` may name ``a.b`` as well."""
    return iter(_imports(path.read_bytes()))


@cache
def _imports(source: bytes) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(names)
