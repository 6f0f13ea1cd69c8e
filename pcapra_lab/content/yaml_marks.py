"""YAML read event by event into plain data, remembering lines and refusing YAML's surprises.

What PyYAML's safe loader would let through and this reader refuses: duplicate keys (the last
wins silently), ``on``/``yes``/``no`` read as booleans, ``12:30`` read as 750 and ``0644`` as 420
(YAML 1.1, https://yaml.org/type/int.html), dates, aliases (the « billion laughs »), tags, merge
keys, several documents, and deep nesting.
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from pcapra_lab.content.problems import ContentProblems, Loc, Problem, dotted, shown
from pcapra_lab.content.source import describe_character, forbidden_character

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_DEPTH = 32
"""Nesting accepted. Bounds every recursion over the data, here and in pydantic."""

# libyaml's parser is some twenty times faster; both give the same events.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG = "tag:yaml.org,2002:"
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}(?:[eE][-+][0-9]{1,3})?")
# YAML reads 010 as 8 but 08 as a text: neither is what a reader expects.
_OCTAL_LOOKING = re.compile(r"[-+]?0[0-9_]+")


@dataclass(slots=True)
class Marked:
    """A YAML document as plain data, with the line of each value."""

    data: Json = None
    lines: dict[Loc, int] = field(default_factory=dict)
    """The line of each key or list item, counted from 1."""
    problems: list[Problem] = field(default_factory=list)
    broken: set[Loc] = field(default_factory=set)
    """Places already reported: whatever else is said about them would be noise."""


def line_of(lines: dict[Loc, int], loc: Loc) -> int | None:
    """The line of ``loc``, or of the nearest value that encloses it."""
    for length in range(len(loc), -1, -1):
        if (line := lines.get(loc[:length])) is not None:
            return line
    return None


def read_yaml(text: str, path: Path, first_line: int = 1) -> Marked:
    """Read one YAML document.

    Args:
        text: the document.
        path: the file it comes from, named in problems.
        first_line: the line of ``path`` at which ``text`` begins.

    Raises:
        ContentProblems: the text is not YAML at all. Lesser faults are collected in the result.
    """
    reader = _Reader(path, first_line)
    try:
        reader.read(text)
    # PyYAML's own parser lets chr() fail on an escape beyond Unicode, such as "\\UFFFFFFFF".
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ContentProblems(
            [*reader.marked.problems, reader.syntax_problem(error, text)]
        ) from error
    return reader.marked


_REMEDIES = {
    "mapping values are not allowed": "« : » ouvre une clé, mettez la valeur entre guillemets",
    "cannot start any token": "mettez des guillemets, ou des espaces au lieu d'une tabulation",
    "expected <block end>": "l'indentation ne correspond pas à celle des lignes voisines",
    "found unexpected end of stream": "un guillemet ou un crochet n'est pas refermé",
    "while scanning a quoted scalar": "un guillemet n'est pas refermé",
}
"""What the commonest complaints of PyYAML mean for an author, the more precise first."""


class _Reader:
    def __init__(self, path: Path, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.marked = Marked()
        self._resolver = yaml.resolver.Resolver()

    def syntax_problem(self, error: Exception, text: str) -> Problem:
        line = self._line_of(error, text)
        detail = " ".join(
            part for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part
        )
        message = "ce n'est pas du YAML valide"
        for words, remedy in _REMEDIES.items():
            if words in detail:
                return Problem(self.path, line, "", f"{message} : {remedy} ({detail})")
        return Problem(self.path, line, "", f"{message} ({detail})" if detail else message)

    def _line_of(self, error: Exception, text: str) -> int:
        """Where the text is wrong; when the error does not say, the last line that was read."""
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            # An error at the end is told on a line beyond the last when that one is ended.
            return min(int(mark.line), text.count("\n")) + self.first_line
        position = -1
        if isinstance(error, yaml.reader.ReaderError) and isinstance(error.character, int):
            position = text.find(chr(error.character))
        elif isinstance(error, UnicodeEncodeError):
            position = error.start
        if position >= 0:
            return text.count("\n", 0, position) + self.first_line
        return max(self.marked.lines.values(), default=self.first_line)

    def read(self, text: str) -> None:
        self._loader = _Loader(text)
        try:
            self._loader.get_event()  # stream start
            if self._loader.check_event(yaml.StreamEndEvent):
                self._refuse("le document est vide", (), self.first_line)
                return
            self._loader.get_event()  # document start
            self.marked.data = self._node((), 0)
            self._loader.get_event()  # document end
            if not self._loader.check_event(yaml.StreamEndEvent):
                line = self._line(self._loader.peek_event())
                self._refuse("un seul document par fichier (« --- » en trop)", (), line)
        finally:
            self._loader.dispose()

    def _line(self, event: yaml.Event) -> int:
        mark = event.start_mark
        return self.first_line if mark is None else mark.line + self.first_line

    def _refuse(self, message: str, loc: Loc, line: int) -> None:
        self.marked.problems.append(Problem(self.path, line, dotted(loc), message))
        self.marked.broken.add(loc)

    def _node(self, loc: Loc, depth: int) -> Json:
        event = self._loader.get_event()
        line = self._line(event)
        self.marked.lines.setdefault(loc, line)
        if depth > MAX_DEPTH:
            problem = Problem(self.path, line, "", f"plus de {MAX_DEPTH} niveaux imbriqués")
            raise ContentProblems([*self.marked.problems, problem])
        if event.anchor is not None:
            self._refuse("ni ancre (« & ») ni alias (« * »)", loc, line)
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag is not None:
            self._refuse(f"étiquette YAML refusée : {shown(event.tag)}", loc, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loc, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loc, depth)
        return self._scalar(event, loc, line)

    def _sequence(self, loc: Loc, depth: int) -> list[Json]:
        items: list[Json] = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            items.append(self._node((*loc, len(items)), depth + 1))
        self._loader.get_event()
        return items

    def _mapping(self, loc: Loc, depth: int) -> dict[str, Json]:
        data: dict[str, Json] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            line = self._line(self._loader.peek_event())
            key = self._key(loc, line, depth)
            where = (*loc, "?" if key is None else key)
            if key in data:
                self.marked.problems.append(
                    Problem(
                        self.path,
                        line,
                        dotted(where),
                        f"clé en double, déjà donnée à la ligne {self.marked.lines[where]}",
                    )
                )
            elif key is not None:
                self.marked.lines[where] = line
            value = self._node(where, depth + 1)
            if key is not None:
                data.setdefault(key, value)
        self._loader.get_event()
        return data

    def _key(self, loc: Loc, line: int, depth: int) -> str | None:
        """The next key; None once it has been refused."""
        event = self._loader.peek_event()
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
            self._node(loc, depth + 1)
            self.marked.problems.append(
                Problem(self.path, line, dotted(loc), "une clé est un simple texte")
            )
            return None
        self._loader.get_event()
        key = str(event.value)
        if event.implicit[0] and self._kind(key) != "str":
            message = f"la clé {shown(key)} n'est pas lue comme un texte : mettez des guillemets"
        elif match := forbidden_character(key):
            message = describe_character(match[0])
        else:
            return key
        self.marked.problems.append(Problem(self.path, line, dotted(loc), message))
        return None

    def _kind(self, value: str) -> str:
        tag: object = self._resolver.resolve(  # type: ignore[no-untyped-call]  # not in the stubs
            yaml.ScalarNode, value, (True, False)
        )
        return str(tag).removeprefix(_TAG)

    def _scalar(self, event: yaml.ScalarEvent, loc: Loc, line: int) -> Json:
        value = str(event.value)
        if match := forbidden_character(value):
            self._refuse(describe_character(match[0]), loc, line)
            return value
        if not event.implicit[0]:
            return value
        kind = self._kind(value)
        if kind == "null":
            return None
        if kind == "bool" and value in ("true", "false"):
            return value == "true"
        if kind == "int" and _DECIMAL.fullmatch(value):
            return int(value)
        if kind == "float" and _FLOAT.fullmatch(value) and math.isfinite(float(value)):
            return float(value)
        if kind != "str" or _OCTAL_LOOKING.fullmatch(value):
            self._refuse(_surprise(kind, value), loc, line)
        return value


def _surprise(kind: str, value: str) -> str:
    if kind == "bool":
        return f"{shown(value)} est ambigu : écrivez true ou false, ou mettez des guillemets"
    if ":" in value and kind in ("int", "float"):
        reason = "YAML y lit un nombre en base 60"
    elif _OCTAL_LOOKING.fullmatch(value):
        reason = "YAML peut y lire un nombre en octal"
    elif kind == "timestamp":
        reason = "YAML y lit une date"
    else:
        reason = "YAML n'y lit pas un texte"
    return f"{shown(value)} : {reason} ; mettez-le entre guillemets"
