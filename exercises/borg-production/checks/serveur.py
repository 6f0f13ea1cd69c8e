#!/usr/bin/env python3
"""Judge, on the backup machine, what the repository's files keep.

Usage: serveur.py survie|compact|irreparable

Copies are judged, as the account borg: the repository itself is not touched.
"""

import configparser
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

REPOSITORY = Path("/srv/borg/parc")
NOTE = Path("/var/lib/pcapra/segments")
LEAST = 1 << 20
"""Bytes of the archive that client.py deleted."""
SLACK = 64 << 10
"""Bytes that ``borg compact`` may free in a repository already compacted: old manifests."""

ROLLED = """
import sys
from borg.logger import setup_logging
from borg.repository import Repository
setup_logging()
sizes = []
for path in sys.argv[1:]:
    with Repository(path, lock=False) as repository:
        ids = repository.list()
        sizes.append({i: len(repository.get(i)) for i in ids})
print(sum(size for i, size in sizes[1].items() if i not in sizes[0]))
"""
"""Bytes that the second repository gives back and the first one has no more."""


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def copied(folder: str, name: str) -> Path:
    """A copy of the repository without its locks."""
    copy = Path(folder) / name
    shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns("lock.*"))
    return copy


def run(*command: str, home: str) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal and with a home of its own."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return subprocess.run(
        command,
        env={"PATH": path, "HOME": home, "LC_ALL": "C.UTF-8", "BORG_BASE_DIR": home},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )


def roll_back(copy: Path, transaction: int) -> None:
    """Take a repository back to the end of a transaction."""
    for segment in (copy / "data").rglob("*"):
        if segment.is_file() and int(segment.name) > transaction:
            segment.unlink()
    for pattern in ("index.*", "hints.*", "integrity.*"):
        for path in copy.glob(pattern):
            path.unlink()


def survives() -> None:
    """What srv's key deleted comes back when a copy is taken back one transaction."""
    expected = "ce que la clé de srv vient de supprimer peut être rétabli ici"
    journal = REPOSITORY / "transactions"
    if not journal.is_file():
        verdict(False, expected, "la suppression est définitive : aucun journal de transactions")
    numbers = [int(line.split()[1].rstrip(",")) for line in journal.read_text().splitlines()]
    regained = 0
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        now = copied(folder, "actuel")
        for transaction in sorted(set(numbers[-4:-1]), reverse=True):
            before = copied(folder, f"avant-{transaction}")
            roll_back(before, transaction)
            compared = run("python3", "-c", ROLLED, str(now), str(before), home=folder)
            if compared.returncode == 0:
                regained = max(regained, int(compared.stdout))
            if regained >= LEAST:
                verdict(True, expected, f"{regained >> 10} Kio retrouvés dans le journal")
            shutil.rmtree(before)
    verdict(False, expected, f"{regained >> 10} Kio retrouvés, le reste est perdu")


def compacted() -> None:
    """On a copy, ``borg compact`` has nothing left to free."""
    expected = "l'espace des archives supprimées est rendu au disque"
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy = copied(folder, "depot")
        config = configparser.ConfigParser(interpolation=None)
        config.read(copy / "config")
        # compact frees nothing in append-only mode, whatever there is to free.
        config["repository"]["append_only"] = "0"
        with (copy / "config").open("w") as stream:
            config.write(stream)
        before = size(copy)
        freed = run("borg", "compact", str(copy), home=folder)
        if freed.returncode != 0:
            verdict(False, expected, (freed.stderr.strip().splitlines() or ["dépôt illisible"])[-1])
        left = before - size(copy)
    if left > SLACK:
        verdict(False, expected, f"{left >> 10} Kio encore occupés par des données supprimées")
    verdict(True, expected, f"rien à libérer, le dépôt occupe {before >> 10} Kio")


def size(copy: Path) -> int:
    """Bytes in the segments of a repository."""
    return sum(path.stat().st_size for path in (copy / "data").rglob("*") if path.is_file())


def beyond_repair() -> None:
    """Segments from before the attack are gone: nothing is left to go back to."""
    expected = "des segments d'avant l'attaque ont disparu"
    noted = NOTE.read_text().split() if NOTE.is_file() else []
    lost = [name for name in noted if not (REPOSITORY / "data" / name).is_file()]
    verdict(bool(lost), expected, f"{len(lost)} disparu(s) sur {len(noted)}")


os.umask(0o077)
if not (REPOSITORY / "config").is_file():
    verdict(False, f"un dépôt Borg dans {REPOSITORY}", "il n'y en a pas")
{"survie": survives, "compact": compacted, "irreparable": beyond_repair}[sys.argv[1]]()
