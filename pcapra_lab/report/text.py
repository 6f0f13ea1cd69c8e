"""Texts of unknown origin, made fit to be shown: no control, no hidden change of direction."""

import re
from collections.abc import Iterator

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the text around
    "\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_CODE = re.compile(r"`([^`\n]+)`")


def visible(text: str) -> str:
    """``text`` with what cannot be seen in it shown as « \ufffd »; lines end with a newline."""
    return _HIDDEN.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """``visible`` text on a single line."""
    return " ".join(visible(text).split())


def spans(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a line: prose, or code that stood between backticks.

    Yields:
        Whether it is code, and the piece.
    """
    place = 0
    for match in _CODE.finditer(text):
        if match.start() > place:
            yield False, text[place : match.start()]
        yield True, match[1]
        place = match.end()
    if place < len(text):
        yield False, text[place:]
