"""The object that a check writes with a client's key, deletes, and looks for on the server."""

import hashlib
import os
from pathlib import Path
from typing import NoReturn

from lab_verdict import verdict


def marker() -> bytes:
    """Its name in the repository; its content is that name 512 times."""
    return hashlib.sha256(f"{os.environ['PCAPRA_CLIENT']}-sonde".encode()).digest()


def survivor(repository: Path) -> str:
    """The name of a segment that still holds it; empty when none does."""
    content = marker() * 512
    for path in (repository / "data").rglob("*"):
        if path.is_file() and content in path.read_bytes():
            return path.name
    return ""


def kept(repository: Path) -> NoReturn:
    """Judge that what srv's key has just written and deleted is still on the disk."""
    expected = "ce que la clé de srv efface reste sur le disque de sauvegarde"
    if segment := survivor(repository):
        verdict(True, expected, f"retrouvé dans le segment {segment}")
    verdict(
        False,
        expected,
        "un objet écrit puis effacé avec la clé de srv a vraiment disparu",
        "`borg serve --append-only`, dans `~borg/.ssh/authorized_keys`.",
    )
