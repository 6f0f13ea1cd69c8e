"""Regular expressions of checks, searched in text from a guest."""

import re

from pcapra_lab.grading.text import clean, last_lines
from pcapra_lab.grading.unit import Unjudgeable
from pcapra_lab.i18n import _


def text_problem(
    text: str, truncated: bool, matches: str | None, lacks: str | None, what: str
) -> str:
    """What is wrong with ``text``, or nothing. Raises Unjudgeable when too little was read."""
    if lacks is not None and (found := search(lacks, text)):
        return _("{what} contient « {found} »").format(what=what, found=clean(found[0], 120))
    missing = matches is not None and not search(matches, text)
    if truncated and (missing or lacks is not None):
        raise Unjudgeable(_("{what} dépasse ce qui peut être lu en entier").format(what=what))
    if missing:
        excerpt = last_lines(text)
        return (
            _("{what} : {excerpt}").format(what=what, excerpt=excerpt)
            if excerpt
            else _("{what} est vide").format(what=what)
        )
    return ""


def search(pattern: str, text: str) -> re.Match[str] | None:
    """The pattern in the text, multi-line. Raises Unjudgeable when it is malformed."""
    try:
        return re.search(pattern, text, re.MULTILINE)
    except re.error as error:
        raise Unjudgeable(
            _("expression « {pattern} » invalide dans l'exercice ({error})").format(
                pattern=pattern, error=error
            )
        ) from error
