#!/usr/bin/env python3
"""Judge, on the remote machine, that what srv's key has just deleted is still there."""

import hashlib
import os
from pathlib import Path

from lab_verdict import verdict

REPOSITORY = Path("/srv/borg/srv")


def kept() -> None:
    """The object that the client has just written and deleted is still on the disk."""
    expected = "ce que la clé de srv efface reste sur le disque de sauvegarde"
    marker = hashlib.sha256(f"{os.environ['PCAPRA_CLIENT']}-sonde".encode()).digest() * 512
    for path in (REPOSITORY / "data").rglob("*"):
        if path.is_file() and marker in path.read_bytes():
            verdict(True, expected, f"retrouvé dans le segment {path.name}")
    verdict(
        False,
        expected,
        "un objet écrit puis effacé avec la clé de srv a vraiment disparu",
        "`borg serve --append-only`, dans `~borg/.ssh/authorized_keys`.",
    )


kept()
