#!/usr/bin/env python3
"""Judge, on the backup machine, what the repository's files keep.

Usage: serveur.py survie|compact|irreparable

The repository itself is not touched: what would change it is tried on a copy.
"""

import configparser
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lab_verdict import verdict

REPOSITORY = Path("/srv/borg/parc")
NOTE = Path("/var/lib/pcapra/segments")
SLACK = 64 << 10
"""Bytes that ``borg compact`` may free in a repository already compacted: old manifests."""


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


def survives() -> None:
    """The object that srv's key has just written and deleted is still in a segment."""
    expected = "ce que la clé de srv vient de supprimer est encore sur le disque de sauvegarde"
    marker = hashlib.sha256(f"{os.environ['PCAPRA_CLIENT']}-sonde".encode()).digest() * 512
    for path in (REPOSITORY / "data").rglob("*"):
        if path.is_file() and marker in path.read_bytes():
            verdict(True, expected, f"retrouvé dans le segment {path.name}")
    verdict(False, expected, "la suppression est définitive : aucun segment ne l'a gardé")


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
