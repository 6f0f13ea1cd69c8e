#!/usr/bin/env python3
"""Judge, on the backup machine, what the repository's files keep.

Usage: serveur.py survie|compact|irreparable

The repository itself is not touched: what would change it is tried on a copy.
"""

import os
import sys
from pathlib import Path

from lab_borg_copy import compacted
from lab_marker import survivor
from lab_run import last_line
from lab_verdict import verdict

REPOSITORY = Path("/srv/borg/parc")
NOTE = Path("/var/lib/pcapra/segments")


def survives() -> None:
    """The object that srv's key has just written and deleted is still in a segment."""
    expected = "ce que la clé de srv vient de supprimer est encore sur le disque de sauvegarde"
    if segment := survivor(REPOSITORY):
        verdict(True, expected, f"retrouvé dans le segment {segment}")
    verdict(False, expected, "la suppression est définitive : aucun segment ne l'a gardé")


def shrunk() -> None:
    """On a copy, ``borg compact`` has nothing left to free."""
    compacted(REPOSITORY, lambda done: last_line(done.stderr, "dépôt illisible"))


def beyond_repair() -> None:
    """Segments from before the attack are gone: nothing is left to go back to."""
    expected = "des segments d'avant l'attaque ont disparu"
    noted = NOTE.read_text().split() if NOTE.is_file() else []
    lost = [name for name in noted if not (REPOSITORY / "data" / name).is_file()]
    verdict(bool(lost), expected, f"{len(lost)} disparu(s) sur {len(noted)}")


os.umask(0o077)
if not (REPOSITORY / "config").is_file():
    verdict(False, f"un dépôt Borg dans {REPOSITORY}", "il n'y en a pas")
{"survie": survives, "compact": shrunk, "irreparable": beyond_repair}[sys.argv[1]]()
