"""Text as it is compared: whatever the accents and capitals."""

import unicodedata

_LETTERS = {"œ": "oe", "æ": "ae", "’": "'"}


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """``text`` without accents nor capitals, and where each of its characters comes from."""
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        lower = character.casefold()
        for letter in unicodedata.normalize("NFKD", _LETTERS.get(lower, lower)):
            if not unicodedata.combining(letter):
                letters.append(letter)
                origin.append(place)
    return "".join(letters), tuple(origin)
