"""A machine's serial console, as its log keeps it."""

import re
from pathlib import Path

_TAIL = 8192
# ECMA-48: control sequences, operating system commands, character set designations, the rest.
_CONTROL = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]+[0-~]|\x1b[@-_]"
    rb"|[\x00-\x08\x0b-\x1f\x7f]"
)


def last_lines(log: Path, count: int) -> list[str]:
    """The last non-empty lines of a console log, control sequences removed."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL))
            data = stream.read()
    except (FileNotFoundError, PermissionError):
        return []
    text = _CONTROL.sub(b"", data).decode(errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()][-count:]
