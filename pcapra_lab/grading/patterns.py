"""Regular expressions of checks, searched in text from a guest."""

import re

from pcapra_lab.grading.text import clean, last_lines
from pcapra_lab.grading.unit import Unjudgeable


def text_problem(
    text: str, truncated: bool, matches: str | None, lacks: str | None, what: str
) -> str:
    """What is wrong with ``text``, or nothing. Raises Unjudgeable when too little was read."""
    if lacks is not None and (found := search(lacks, text)):
        return f"{what} contient « {clean(found[0], 120)} »"
    missing = matches is not None and not search(matches, text)
    if truncated and (missing or lacks is not None):
        raise Unjudgeable(f"{what} dépasse ce qui peut être lu en entier")
    if missing:
        excerpt = last_lines(text)
        return f"{what} : {excerpt}" if excerpt else f"{what} est vide"
    return ""


def search(pattern: str, text: str) -> re.Match[str] | None:
    """The pattern in the text, multi-line. Raises Unjudgeable when it is malformed."""
    try:
        return re.search(pattern, text, re.MULTILINE)
    except re.error as error:
        raise Unjudgeable(f"expression « {pattern} » invalide dans l'exercice ({error})") from error
