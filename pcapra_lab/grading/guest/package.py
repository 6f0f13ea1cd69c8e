"""A package in dpkg's words."""

import time
from collections.abc import Iterator
from pathlib import Path

from pcapra_lab.grading.guest.core import Fact, Item

DPKG = Path("/var/lib/dpkg")


def look(item: Item) -> Fact:
    """The state of ``name``: ``installed``, ``config-files``, … or ``absent``."""
    started = time.monotonic()
    # Of several architectures, the one that is installed; of one, what was written last.
    states = {arch: (status, version) for arch, status, version in records(item["name"])}
    found = sorted(states.values(), key=lambda state: state[0] != "installed")
    status, version = found[0] if found else ("absent", "")
    seconds = time.monotonic() - started
    return {"kind": "package", "status": status, "version": version, "seconds": seconds}


def records(name: str) -> Iterator[tuple[str, str, str]]:
    """Architecture, status and version of a package, in dpkg's own database, oldest first.

    Read as dpkg-query(1) does, without starting it: ``status``, then what was done since it was
    last written, the files of ``updates`` in the order of their numbers. Paragraphs as in
    deb822(5); the third word of ``Status`` is the state (dpkg(1)).
    """
    begin = f"\nPackage: {name}\n".encode()
    updates = sorted(path for path in (DPKG / "updates").iterdir() if path.name.isdigit())
    for path in (DPKG / "status", *updates):
        text = b"\n" + path.read_bytes()
        at = text.find(begin)
        while at >= 0:
            end = text.find(b"\n\n", at + 1)
            lines = text[at : end if end >= 0 else None].decode().splitlines()
            fields = dict(line.split(": ", 1) for line in lines if ": " in line and line[0] != " ")
            # Without a version: known by name only, since something once suggested it.
            yield (
                fields.get("Architecture", ""),
                fields.get("Status", "").rpartition(" ")[2],
                fields.get("Version", ""),
            )
            at = text.find(begin, at + 1)
