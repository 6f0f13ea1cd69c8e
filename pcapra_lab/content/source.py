"""Reading a content file as text, with bounds and without bytes a terminal would obey."""

import re
from pathlib import Path

from pcapra_lab.content.problems import ContentProblems, Problem

MAX_BYTES = 1 << 20
"""The largest content file accepted, in bytes: beyond it, parsing would freeze the screen."""

# C0 and C1 controls but tab and line feed, lone surrogates, the separators where YAML ends a
# line and nothing else does, and the bidirectional overrides that make a command read otherwise
# than it runs (CVE-2021-42574).
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def forbidden_character(text: str) -> re.Match[str] | None:
    """The first character that content may not hold, or None."""
    return _FORBIDDEN.search(text)


def describe_character(character: str) -> str:
    """The message for a character refused by ``forbidden_character``."""
    if character == "\r":
        return "fin de ligne Windows (CRLF) : enregistrez le fichier avec des fins de ligne Unix"
    return f"caractère de contrôle interdit (U+{ord(character):04X})"


def refuse_forbidden(text: str, path: Path, first_line: int = 1) -> None:
    """Refuse a text with a forbidden character; it begins at ``first_line`` of ``path``.

    Raises:
        ContentProblems: naming the first one and its line in ``path``.
    """
    if match := forbidden_character(text):
        line = text.count("\n", 0, match.start()) + first_line
        raise ContentProblems([Problem(path, line, "", describe_character(match[0]))])


def read_source(path: Path) -> str:
    """The text of a content file.

    Raises:
        ContentProblems: it is missing, not a regular file, unreadable, larger than
            ``MAX_BYTES``, not UTF-8, or holds a forbidden character.
    """

    def refuse(message: str, line: int | None = None) -> ContentProblems:
        return ContentProblems([Problem(path, line, "", message)])

    try:
        # A FIFO or a device would block or never end.
        if path.exists() and not path.is_file():
            raise refuse("un fichier ordinaire est attendu")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise refuse("fichier absent") from None
    except OSError as error:
        raise refuse(f"fichier illisible ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise refuse(f"fichier trop gros (plus de {MAX_BYTES // 1024} Kio)")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse("texte qui n'est pas en UTF-8", line) from error
    refuse_forbidden(text, path)
    return text
