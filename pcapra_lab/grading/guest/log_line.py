"""Recent lines of a log that match a pattern."""

import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item, within
from pcapra_lab.grading.guest.process import run_process

LIMIT = 8 * 1024 * 1024
SHOWN = 3

_DATES = (
    # RFC 3339 and its relatives: rsyslog, PostgreSQL, Python.
    (re.compile(r"^\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?"), ""),
    # RFC 3164, without a year.
    (re.compile(r"^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)"), "%Y %b %d %H:%M:%S"),
    # nginx and Apache: access, then error.
    (
        re.compile(r"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]"),
        "%d/%b/%Y:%H:%M:%S %z",
    ),
    (re.compile(r"^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)"), "%Y/%m/%d %H:%M:%S"),
)


def look(item: Item) -> Fact:
    """Count the lines that match ``pattern`` in the last ``last`` seconds."""
    started = time.monotonic()
    since = time.time() - item["last"]
    try:
        pattern = re.compile(item["pattern"])
    except re.error as error:
        raise Failure("pattern", str(error)) from error
    if item["file"]:
        return within(item, lambda item: _in_file(item, pattern, since, started))
    lines, truncated = _journal(item, since)
    return _fact([line for line in lines if pattern.search(line)], truncated, started)


def _in_file(item: Item, pattern: re.Pattern[str], since: float, started: float) -> Fact:
    path = Path(item["file"])
    if not path.is_file():
        return {**_fact([], False, started), "exists": False}
    with path.open("rb") as stream:
        size = path.stat().st_size
        stream.seek(max(0, size - LIMIT))
        text = stream.read(LIMIT).decode("utf-8", "backslashreplace")
    recent = recent_lines(text.splitlines(), since, datetime.now().astimezone())
    return _fact([line for line in recent if pattern.search(line)], size > LIMIT, started)


def _fact(found: list[str], truncated: bool, started: float) -> Fact:
    return {
        "kind": "log_line",
        "exists": True,
        "count": len(found),
        "sample": [line[:400] for line in found[-SHOWN:]],
        "truncated": truncated,
        "seconds": time.monotonic() - started,
    }


def _journal(item: Item, since: float) -> tuple[list[str], bool]:
    """journalctl(1); systemd.time(7) reads ``@`` and seconds since the epoch."""
    unit = [f"--unit={item['unit']}"] if item["unit"] else []
    fact = run_process(
        ["journalctl", "--quiet", "--no-pager", "--output=cat", f"--since=@{since:.0f}", *unit],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=item["timeout"],
        tail=True,
        limit=LIMIT,
    )
    if fact["timed_out"]:
        raise Failure("deadline")
    if fact["exit"] != 0:
        raise Failure("tool", f"journalctl : {fact['stderr'].strip()}")
    return fact["stdout"].splitlines(), fact["truncated"]


def recent_lines(lines: Iterable[str], since: float, now: datetime) -> Iterator[str]:
    """The lines dated after ``since``, with those without a date that follow them."""
    recent = True
    for line in lines:
        moment = dated(line, now)
        if moment is not None:
            # Whole seconds are all that most logs write.
            recent = moment >= int(since)
        if recent:
            yield line


def dated(line: str, now: datetime) -> float | None:
    """When the line says it was written; a date without a zone is this machine's."""
    for pattern, layout in _DATES:
        if not (match := pattern.search(line)):
            continue
        try:
            if not layout:
                day, hour, zone = match.groups()
                moment = datetime.fromisoformat(f"{day}T{hour}{zone or ''}")
            elif layout.startswith("%Y "):
                text = f"{now.year} {' '.join(match.groups())}"
                moment = datetime.strptime(text, layout).astimezone()
                if moment.timestamp() > now.timestamp() + 86400:
                    moment = moment.replace(year=now.year - 1)
            else:
                moment = datetime.strptime(match[1], layout).astimezone()
        except ValueError:
            continue
        return moment.timestamp()
    return None
