#!/usr/bin/env python3
"""Judge, on the remote machine, that what srv has just sent came, and came here."""

import hashlib
import os
import tarfile
import time
from pathlib import Path
from typing import NoReturn

from lab_verdict import verdict

FOLDER = Path("/srv/miroir")
RECENT = 600
"""Seconds: srv's check, which sends, comes just before this one."""


def main() -> NoReturn:
    """The newest archive of the mirror holds the witness that srv has just planted."""
    expected = f"l'archive que srv vient d'envoyer est dans {FOLDER}, sur sauvegarde"
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    if not files:
        verdict(False, expected, f"{FOLDER} est vide")
    newest = max(files, key=lambda path: path.stat().st_mtime)
    try:
        with tarfile.open(newest) as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if not name.startswith("arrivee-"):
                    continue
                stream = archive.extractfile(member)
                secret = hashlib.sha256((os.environ["PCAPRA_MARQUE"] + name).encode()).hexdigest()
                age = abs(time.time() - int(name[len("arrivee-") :].removesuffix(".txt")))
                if stream is not None and stream.read() == secret.encode() and age < RECENT:
                    verdict(True, expected, f"{newest.name}, il y a {age:.0f} s")
    except (tarfile.TarError, OSError, ValueError) as error:
        verdict(False, expected, f"{newest.name} ne se lit pas : {error}")
    verdict(
        False,
        expected,
        f"la plus récente, {newest.name}, n'est pas celle-là",
        "copie-hors-site doit partir du dossier où sauvegarde-locale écrit à présent.",
    )


main()
