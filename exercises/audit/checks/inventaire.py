#!/usr/bin/env python3
"""Compare the trainee's inventory with what is on the machines.

Usage: inventaire.py lieux | supports | dates
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from lab_borg import borg
from lab_verdict import verdict

INVENTORY = Path("/srv/audit/inventaire.csv")
HEADER = ["copie", "machine", "chemin", "support", "derniere"]
PLACES = {
    "production": ("srv", "/srv/donnees"),
    "locale": ("srv", "/var/backups/donnees"),
    "miroir": ("srv", "/srv/miroir"),
    "borg": ("sauvegarde", "/srv/borg/srv"),
}
"""Where each copy's bytes are, as setup/ left them: the alias « agence » leads back to srv."""
REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
Row = dict[str, str]


def rows(expected: str) -> dict[str, Row]:
    """The inventory by copy, once its form is right."""
    if not INVENTORY.is_file():
        verdict(False, expected, f"{INVENTORY} n'existe pas")
    lines = [
        [cell.strip() for cell in line.split(";")]
        for line in INVENTORY.read_text(errors="replace").splitlines()
        if line.strip()
    ]
    if not lines or [cell.lower() for cell in lines[0]] != HEADER:
        verdict(False, expected, f"la première ligne n'est pas {';'.join(HEADER)}")
    for line in lines[1:]:
        if len(line) != len(HEADER):
            verdict(False, expected, f"« {';'.join(line)[:60]} » n'a pas cinq champs")
    found = {line[0].lower(): dict(zip(HEADER, line, strict=True)) for line in lines[1:]}
    missing = sorted(PLACES.keys() - found.keys())
    if missing:
        verdict(False, expected, f"il manque la copie {missing[0]}")
    return found


def run(*command: str) -> str:
    """What a command prints, or nothing if it fails."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, check=False, capture_output=True, text=True
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def places() -> None:
    """Machine and path of each copy."""
    expected = "la machine et le chemin où sont vraiment les octets de chaque copie"
    for name, row in rows(expected).items():
        if name not in PLACES:
            verdict(False, expected, f"« {name} » n'est pas une copie de la note")
        machine, path = PLACES[name]
        if row["machine"].lower() != machine:
            verdict(
                False,
                expected,
                f"{name} : « {row['machine']} » n'est pas la machine qui porte ces octets",
                "Un nom de machine se vérifie : demandez à l'autre bout comment il s'appelle.",
            )
        if row["chemin"].rstrip("/") != path:
            verdict(False, expected, f"{name} : « {row['chemin']} » n'est pas son dossier")
    verdict(True, expected, "les quatre copies sont bien situées")


def supports() -> None:
    """The block device of each copy, as findmnt names it."""
    expected = "le périphérique de chaque copie, tel que le nomme findmnt"
    for name, row in rows(expected).items():
        if name not in PLACES:
            continue
        machine, path = PLACES[name]
        command = ("findmnt", "--noheadings", "--output", "SOURCE", "--target", path)
        if machine == "srv":
            real = run(*command)
        else:
            real = run("ssh", "-o", "BatchMode=yes", f"borg@{machine}", " ".join(command))
        # A trainee who has already closed that account's shell hides it from this check too.
        wrong = row["support"] != real if real else not row["support"].startswith("/dev/")
        if wrong:
            verdict(
                False,
                expected,
                f"{name} : « {row['support']} » n'est pas ce que dit findmnt",
                "`findmnt -no SOURCE -T CHEMIN`, sur la machine où sont les octets.",
            )
    verdict(True, expected, "les quatre périphériques sont justes")


def newest(folder: str) -> str:
    """The day of the newest file of a folder."""
    times = [path.stat().st_mtime for path in Path(folder).glob("*.tgz")]
    return time.strftime("%Y-%m-%d", time.localtime(max(times))) if times else "-"


def last_archive(expected: str) -> str:
    """The day of the newest Borg archive."""
    done = borg("list", "--bypass-lock", "--json", "--last", "1", REPOSITORY)
    if done.returncode != 0:
        verdict(False, expected, "le dépôt Borg ne répond plus à srv")
    archives = json.loads(done.stdout)["archives"]
    return str(archives[0]["time"])[:10] if archives else "-"


def dates() -> None:
    """The day of the newest backup of each copy."""
    expected = "le jour (AAAA-MM-JJ) de la dernière sauvegarde de chaque copie"
    found = rows(expected)
    real = {
        "locale": newest(PLACES["locale"][1]),
        "miroir": newest(PLACES["miroir"][1]),
        "borg": last_archive(expected),
    }
    for name, day in real.items():
        said = found[name]["derniere"]
        if said != day:
            verdict(False, expected, f"{name} : « {said} » n'est pas la date de la dernière")
    verdict(True, expected, "les trois dates sont justes")


{"lieux": places, "supports": supports, "dates": dates}[sys.argv[1]]()
