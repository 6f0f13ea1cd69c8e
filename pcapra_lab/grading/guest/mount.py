"""What the kernel says is mounted at a path."""

import os
import re
import time
from pathlib import Path

from pcapra_lab.grading.guest.core import Fact, Item

MOUNTINFO = "/proc/self/mountinfo"


def look(item: Item) -> Fact:
    """The mount at ``path``, and ``source`` with its links followed."""
    started = time.monotonic()
    found = mount_at(Path(MOUNTINFO).read_bytes(), item["path"])
    fact: Fact = {"kind": "mount", "mounted": found is not None, **(found or {})}
    if found:
        fact["device"] = _resolved(found["source"])
    fact["wanted"] = _resolved(item.get("source") or "")
    return {**fact, "seconds": time.monotonic() - started}


def mount_at(mountinfo: bytes, path: str) -> Fact | None:
    """The topmost mount at ``path``, as proc_pid_mountinfo(5) lays it out.

    Options are those of the mount and of its file system. Either may be read-only alone, and
    then nothing can be written.
    """
    wanted = os.path.normpath(path)
    found = None
    for line in mountinfo.splitlines():
        fields = line.split(b" ")
        dash = fields.index(b"-", 6)
        if _text(fields[4]) != wanted:
            continue
        options = [*fields[5].split(b","), *fields[dash + 3].split(b",")]
        names = list(dict.fromkeys(_text(option) for option in options))
        if "ro" in names:
            names = [name for name in names if name != "rw"]
        found = {
            "fstype": _text(fields[dash + 1]),
            "source": _text(fields[dash + 2]),
            "options": names,
        }
    return found


def _text(field: bytes) -> str:
    # Spaces, tabs, newlines and backslashes come as three octal digits.
    raw = re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), field)
    return raw.decode("utf-8", "backslashreplace")


def _resolved(source: str) -> str:
    return os.path.realpath(source) if source.startswith("/") else source
