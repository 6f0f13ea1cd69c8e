"""Text from a guest, made fit to show: it may hold anything, terminal escapes included."""

import unicodedata

SHOWN = 600
"""Characters of a guest's text shown to a person."""


def clean(text: str, limit: int = SHOWN) -> str:
    """``text`` without control or invisible formatting characters, cut to ``limit``."""
    shown = "".join(map(_visible, text[: limit + 1].strip("\n")))
    return shown if len(text) <= limit else f"{shown[: limit - 1]}…"


def last_lines(text: str, count: int = 3) -> str:
    """The last lines that are not blank, cleaned."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return clean("\n".join(lines[-count:])[-SHOWN:])


def _visible(character: str) -> str:
    if character in "\n\t":
        return character
    # Cc: escapes; Cf: bidirectional overrides, zero-width; Cs: lone surrogates.
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return character.encode("unicode_escape").decode("ascii")
    return character
