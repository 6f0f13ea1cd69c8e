"""What is wrong with a content file, as rows of a report rather than a first exception."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pcapra_lab.errors import ContentError

Loc = tuple[str | int, ...]
"""The way to a value inside a YAML document: keys and zero-based positions."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one file."""

    path: Path
    line: int | None
    """Counted from 1; None when no line is to blame, never an invented one."""
    key: str
    """The way to the value, such as ``steps.0.checks.1.vm``; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        place = str(self.path) if self.line is None else f"{self.path}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.message) if part)


class ContentProblems(ContentError):
    """Every problem found in some content, one a line in ``message``."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(problems, key=lambda p: (str(p.path), p.line or 0, p.key, p.message))
        )
        super().__init__(
            "\n".join(str(problem) for problem in self.problems),
            hint="Corrigez les fichiers aux lignes indiquées, puis relancez la commande.",
        )


def dotted(loc: Loc) -> str:
    """``("steps", 0, "vm")`` as ``steps.0.vm``."""
    return ".".join(str(part) for part in loc)


def suggestion(word: str, known: Iterable[str]) -> str:
    """« ; vouliez-vous dire … ? » when a known word is close, otherwise nothing."""
    close = get_close_matches(word, sorted(known), n=1)
    return f" ; vouliez-vous dire « {close[0]} » ?" if close else ""


def shown(value: object, limit: int = 60) -> str:
    """A value between French quotes, on one line and cut short."""
    text = " ".join(str(value).split())
    return f"« {text if len(text) <= limit else text[: limit - 1] + '…'} »"
