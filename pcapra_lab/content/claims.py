"""The sentences of a lesson that ask for what is checked: ``[a sentence]{check=id}``.

The syntax is that of the attributes plugin's spans
(https://mdit-py-plugins.readthedocs.io/en/latest/#inline-attributes). The marks are taken out of
what is shown: neither front knows them.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin

from pcapra_lab.content.blocks import Claim
from pcapra_lab.content.problems import shown

Fault = tuple[int, str]
"""A line counted from the beginning of the text, and what is wrong there."""

_MARKDOWN = MarkdownIt("commonmark").use(attrs_plugin, after=(), spans=True)
_CLAIM = re.compile(
    r"\[(?P<text>[^\[\]]+)\]\{check=(?:\"(?P<several>[^\"{}\n]*)\"|(?P<one>[A-Za-z0-9_:-]+))\}"
)
_LOOSE = re.compile(r"\{\s*check\b")
FORM = "[phrase]{check=contrôle}"


def take_claims(markdown: str, line: int) -> tuple[str, tuple[Claim, ...], list[Fault]]:
    """The text without its marks, what it claims, and what is wrong with it.

    Args:
        markdown: whole blocks of a lesson's prose.
        line: where they begin in the file.
    """
    if not (_LOOSE.search(markdown) or "]{" in markdown):
        return markdown, (), []
    claims = []
    for match in _CLAIM.finditer(markdown):
        names = tuple((match["several"] or match["one"] or "").split())
        claims.append(Claim(names, match["text"], line + _newlines(markdown, match.start())))
    plain = _CLAIM.sub(lambda match: match["text"], markdown)
    faults = list(_disagreements(markdown, plain, claims))
    faults += [(c.line - line, f"contrôle sans nom : {FORM}") for c in claims if not c.checks]
    return plain, tuple(claims), faults


def _disagreements(markdown: str, plain: str, claims: list[Claim]) -> Iterator[Fault]:
    """Where Markdown does not read the marks as they were taken out.

    Offsets in the source are lost by the parser: the marks are found by their text, and the two
    readings must be the same. A mark inside code, or around another pair of brackets, is refused.
    """
    spans = list(_spans(markdown))
    for row, token in spans:
        if set(token.attrs) != {"check"}:
            names = ", ".join(token.attrs) or "aucun"
            yield row, f"attribut de phrase refusé ({shown(names)}) : {FORM} attendu"
            return
    read = [tuple(str(token.attrs["check"]).split()) for _, token in spans]
    left = [row for row, _ in _spans(plain)]
    loose = _LOOSE.search(plain)
    if loose:
        yield _newlines(plain, loose.start()), f"attribut check sans sa phrase : {FORM} attendu"
    elif left or read != [claim.checks for claim in claims]:
        row = left[0] if left else 0
        yield row, f"phrase de contrôle illisible, hors du code et sans crochets : {FORM} attendu"


def _spans(markdown: str) -> Iterator[tuple[int, Token]]:
    for token in _MARKDOWN.parse(markdown) if markdown else ():
        for child in token.children or ():
            if child.type == "span_open":
                yield token.map[0] if token.map else 0, child


def _newlines(text: str, end: int) -> int:
    return text.count("\n", 0, end)
