#!/usr/bin/env python3
"""Judge the restored data, and the durations noted.

Usage: restauration.py arbre FOLDER | durees
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

from lab_tree import shown
from lab_verdict import verdict

NOTE = Path("/var/lib/pcapra/donnees.json")
TABLE = Path("/root/mesures.csv")
PLACES = {"borg": Path("/srv/donnees"), "restic": Path("/srv/essai/srv/donnees")}


def tree(folder: Path) -> None:
    """The folder is, file by file, the data as they were the day after."""
    expected = f"{folder} : les données du lendemain, à l'identique"
    if not folder.is_dir():
        verdict(False, expected, f"{folder} n'existe pas")
    problems = []
    wanted = {
        folder / Path(path).relative_to("/srv/donnees"): (size, digest)
        for path, (size, digest) in json.loads(NOTE.read_text())["apres"].items()
    }
    for path, (size, digest) in wanted.items():
        if not path.is_file():
            problems.append(f"{path.name} manque")
        elif path.stat().st_size != size or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            problems.append(f"{path.name} diffère")
    extra = {path for path in folder.rglob("*") if path.is_file()} - wanted.keys()
    problems += [f"{path.name} est en trop" for path in sorted(extra)]
    verdict(not problems, expected, shown(problems, 2) or f"{len(wanted)} fichiers")


def durations() -> None:
    """Each restoration's duration is noted, and long enough to have written the files."""
    expected = f"{TABLE} : la durée de restauration de chaque outil, plausible"
    rows = {}
    if TABLE.is_file():
        with TABLE.open(newline="", errors="replace") as stream:
            rows = {(row.get("outil"), row.get("passage")): row for row in csv.DictReader(stream)}
    seen = []
    for tool, folder in PLACES.items():
        try:
            seconds = float(rows[tool, "restauration"]["secondes"])
        except (KeyError, TypeError, ValueError):
            verdict(False, expected, f"{tool} : aucune durée lisible")
        # When the files were really written: mtime is the backup's, ctime is not.
        written = [path.stat().st_ctime for path in folder.rglob("*") if path.is_file()]
        span = max(written) - min(written)
        if not max(0.1, span * 0.8 - 2) <= seconds <= 3600:
            verdict(False, expected, f"{tool} : {seconds:.2f} s, c'est peu plausible")
        seen.append(f"{tool} {seconds:.1f} s")
    verdict(True, expected, " ; ".join(seen))


if sys.argv[1] == "arbre":
    tree(Path(sys.argv[2]))
durations()
