"""Cron's tables, read as Debian's cron reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ETC = Path("/etc")
SPOOL = Path("/var/spool/cron/crontabs")

_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*")
_WHEN = r"\s*(@\w+|(?:\S+\s+){4}\S+)\s+"


@dataclass(frozen=True)
class Entry:
    """One line of a table."""

    file: str
    when: str
    user: str
    command: str
    env: dict[str, str] = field(default_factory=dict)


def entries() -> Iterator[Entry]:
    """All entries of all tables that cron accepts.

    cron(8), Debian: in cron.d a name with a dot is ignored, as is a table of someone else than
    root or that others may write; crontab(5): a last line that is not ended spoils the table.
    """
    for path in [ETC / "crontab", *sorted((ETC / "cron.d").glob("*"))]:
        if not path.is_file() or not re.fullmatch(r"[A-Za-z0-9_-]+", path.name):
            continue
        status = path.stat()
        if status.st_uid == ETC.stat().st_uid and not status.st_mode & 0o022:
            yield from _table(path, "")
    for path in sorted(SPOOL.glob("*")):
        yield from _table(path, path.name)


def _table(path: Path, owner: str) -> Iterator[Entry]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.endswith("\n"):
        return
    line_of = re.compile(_WHEN + ("()" if owner else r"(\S+)\s+") + r"(.+)")
    env: dict[str, str] = {}
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        if assignment := _ASSIGNMENT.fullmatch(line):
            env[assignment[1]] = assignment[2].strip("\"'")
        elif entry := line_of.fullmatch(line):
            yield Entry(str(path), entry[1], owner or entry[2], entry[3], dict(env))
