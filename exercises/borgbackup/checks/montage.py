#!/usr/bin/env python3
"""Judge /mnt/sauvegarde: Borg's own read-only mount, with the canary readable through it.

Usage: montage.py fuse | temoin
"""

import os
import sys
from pathlib import Path

from lab_verdict import verdict

MOUNT = Path("/mnt/sauvegarde")


def fuse() -> None:
    """The kernel's table names a read-only FUSE file system that Borg serves."""
    expected = f"{MOUNT} est un montage FUSE de Borg, en lecture seule"
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    mounts = [fields for fields in lines if fields[1] == str(MOUNT)]
    if not mounts:
        verdict(False, expected, f"rien n'est monté sur {MOUNT}")
    source, _, kind, options = mounts[-1][:4]
    ok = source == "borgfs" and kind.startswith("fuse") and "ro" in options.split(",")
    verdict(ok, expected, f"{source}, type {kind}, options {options.split(',')[0]}")


def canary() -> None:
    """The canary is read through the mount, of one archive or of the whole repository."""
    name = f"srv/www/{os.environ['PCAPRA_CLIENT']}/contrat.txt"
    expected = f"{name} se lit à travers {MOUNT}, identique à l'original"
    found = [*MOUNT.glob(name), *MOUNT.glob(f"*/{name}")]
    if not found:
        verdict(False, expected, "ce fichier n'est dans aucune archive montée")
    wanted = os.environ["PCAPRA_CANARY"].encode()
    good = [path for path in found if path.read_bytes() == wanted]
    verdict(bool(good), expected, str(good[0]) if good else f"{found[0]} : le contenu diffère")


{"fuse": fuse, "temoin": canary}[sys.argv[1]]()
