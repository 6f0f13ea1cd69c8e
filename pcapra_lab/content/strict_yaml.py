"""Strict YAML files into models: every problem at once, each with its file, line and key."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pcapra_lab.content.base import SCHEMA_VERSION
from pcapra_lab.content.explain import explain
from pcapra_lab.content.problems import ContentProblems, Loc, Problem, dotted
from pcapra_lab.content.source import read_source, refuse_forbidden
from pcapra_lab.content.yaml_marks import Marked, line_of, read_yaml

__all__ = ["ContentProblems", "Loaded", "Problem", "load", "load_model", "parse", "validate"]

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A model with the file and the lines it came from."""

    path: Path
    model: M
    lines: dict[Loc, int]

    def problem(self, loc: Loc, message: str) -> Problem:
        """A problem with the value at ``loc``, at the line of that value."""
        return Problem(self.path, line_of(self.lines, loc), dotted(loc), message)


def load_model(path: Path, model: type[M]) -> M:
    """The model described by a YAML file.

    Raises:
        ContentProblems: anything wrong with the file, all at once.
    """
    return load(path, model).model


def load(path: Path, model: type[M]) -> Loaded[M]:
    """Like ``load_model``, with the line of each value."""
    return parse(read_source(path), model, path)


def parse(text: str, model: type[M], path: Path, first_line: int = 1) -> Loaded[M]:
    """The model described by YAML ``text``, which begins at ``first_line`` of ``path``.

    Raises:
        ContentProblems: anything wrong with the text, all at once.
    """
    # YAML ends lines at some of them: line numbers would no longer agree.
    refuse_forbidden(text, path, first_line)
    marked = read_yaml(text, path, first_line)
    if () in marked.broken:
        raise ContentProblems(marked.problems)
    value, faults = validate(marked.data, model)
    problems = [*marked.problems, *_placed(faults, marked, path)]
    if value is None or problems:
        raise ContentProblems(problems)
    return Loaded(path, value, marked.lines)


def validate(data: object, model: type[M]) -> tuple[M | None, list[tuple[Loc, str]]]:
    """The model that ``data`` describes, or None with what is wrong and where."""
    try:
        # Through JSON: in Python mode, strict models refuse lists for tuples and text for enums.
        return model.model_validate_json(json.dumps(data)), []
    except ValidationError as error:
        faults = [explain(e, model) for e in error.errors(include_url=False)]
    newer = [fault for fault in faults if _is_newer(data, fault[0])]
    return None, newer or faults


def _is_newer(data: object, loc: Loc) -> bool:
    """With a newer contract every other complaint would be noise."""
    version = data.get("schema_version") if isinstance(data, dict) else None
    return loc == ("schema_version",) and isinstance(version, int) and version > SCHEMA_VERSION


def _placed(faults: Iterable[tuple[Loc, str]], marked: Marked, path: Path) -> Iterable[Problem]:
    for loc, message in faults:
        if not any(loc[:length] in marked.broken for length in range(len(loc) + 1)):
            yield Problem(path, line_of(marked.lines, loc), dotted(loc), message)
