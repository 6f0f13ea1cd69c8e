#!/usr/bin/env python3
"""Judge the shared repository: each host's retention, then the damage and its repair.

Usage: parc.py series|srv-db|nommee|sain|guerie

Borg's own classes in this process, over one connection, without a lock and without root's cache.
"""

import hashlib
import os
import random
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab_borg_repository import WORDS, manifest_of, opened
from lab_borg_retention import details, history, wrongs
from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/parc"
NOTE = Path("/var/lib/pcapra/parc.json")
DAMAGED = Path("/var/lib/pcapra/abimee")
ANSWER = Path("/root/archive-abimee")
FILE = "var/backups/releves.bin"
DAY, WEEK, MONTH, YEAR = "%Y-%m-%d", "%G-%V", "%Y-%m", "%Y"
RULES = {
    "srv": ((DAY, 7), (WEEK, 2)),
    "compta": ((MONTH, 2), (YEAR, 3)),
}
"""Period patterns and counts, in the order in which borg-prune(1) applies its rules."""
CAUSES = {**WORDS, "PassphraseWrong": "la phrase secrète n'ouvre pas la clé du dépôt"}
MISSING = "les archives de l'étape n'ont pas encore été posées"


def connected(expected: str) -> AbstractContextManager[Any]:
    """The repository, to be read."""
    return opened(REPOSITORY, expected, CAUSES, patience=15, lock=False)


def dated(manifest: Any) -> dict[str, datetime]:
    """The archives with their local times."""
    return {
        str(archive.name): archive.ts.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)
        for archive in manifest.archives.list()
    }


def archives(expected: str) -> dict[str, datetime]:
    """The archives of the repository with their local times."""
    with connected(expected) as repository:
        return dated(manifest_of(repository)[0])


def of(host: str, names: Mapping[str, datetime]) -> dict[str, datetime]:
    """The archives of one host, whose name is followed by a year."""
    return {n: t for n, t in names.items() if re.fullmatch(rf"{host}-\d{{4}}-.*", n)}


def series() -> None:
    """Of each host's planted archives, exactly those that its policy keeps are left."""
    expected = "des séries srv et compta : ce que leur politique garde, ni plus ni moins"
    planted, present = history(NOTE, expected, MISSING), archives(expected)
    said = [judged(host, of(host, planted), of(host, present), expected) for host in RULES]
    verdict(True, expected, " ; ".join(said))


def judged(host: str, before: dict[str, datetime], now: dict[str, datetime], expected: str) -> str:
    """How many archives of a host are left, once they are the right ones."""
    extra, lost = wrongs(before, now, RULES[host])
    if not extra and not lost:
        return f"{host} : {len(before.keys() & now.keys())} gardées sur {len(before)}"
    hint = "Celles-là ne reviennent pas : réinitialisez le laboratoire (F8)." if lost else ""
    verdict(False, expected, f"{host} : {details(extra, lost)}", hint)


def untouched() -> None:
    """All the archives of the third host are there."""
    expected = "les archives de srv-db sont toutes là"
    before = of("srv-db", history(NOTE, expected, MISSING))
    lost = sorted(before.keys() - archives(expected).keys())
    verdict(not lost, expected, f"disparues : {', '.join(lost)}" if lost else "toutes présentes")


def named() -> None:
    """The trainee's answer names the damaged archive and its file, and no other."""
    expected = f"{ANSWER} nomme l'archive abîmée et le fichier touché"
    if not ANSWER.is_file():
        verdict(False, expected, f"{ANSWER} n'existe pas")
    words = re.split(r"\s+|::", ANSWER.read_text(errors="replace").strip())
    wrong = [
        label
        for label, right in (("l'archive", DAMAGED.read_text().strip()), ("le fichier", FILE))
        if right not in [word.lstrip("/") for word in words]
    ]
    if not wrong and len(words) != 2:
        verdict(False, expected, f"{len(words)} noms : un seul de chaque")
    observed = " et ".join(wrong) + " : pas le bon" if wrong else "les deux sont justes"
    verdict(not wrong, expected, observed)


def sound() -> None:
    """``borg check`` finds no error, and no planted archive was given up."""
    expected = "borg check ne trouve aucune erreur, et aucune archive n'a disparu"
    abimee = DAMAGED.read_text().strip()
    with connected(expected) as repository:
        manifest, _key = manifest_of(repository)
        lost = {abimee, f"{abimee}-bis"} - dated(manifest).keys()
        if lost:
            verdict(False, expected, f"{len(lost)} archive(s) disparue(s)")
        from borg.archive import ArchiveChecker

        if not repository.check(repair=False):
            verdict(False, expected, "le dépôt a encore un bloc illisible")
        if not ArchiveChecker().check(repository, sort_by="ts"):
            verdict(False, expected, "une archive réclame encore un bloc qui n'y est plus")
    verdict(True, expected, "aucune erreur")


def healed() -> None:
    """The damaged archive gives the file back, byte for byte."""
    name = DAMAGED.read_text().strip()
    expected = "l'archive abîmée rend son fichier à l'identique"
    with connected(expected) as repository:
        manifest, key = manifest_of(repository)
        from borg.archive import Archive

        if name not in manifest.archives:
            verdict(False, expected, "l'archive abîmée n'est plus là")
        archive = Archive(repository, key, manifest, name)
        chunks = [
            chunk.id
            for item in archive.iter_items(lambda item: item.path == FILE)
            for chunk in item.chunks
        ]
        content = b"".join(archive.pipeline.fetch_many(chunks))
    wanted = random.Random("releves " + os.environ["PCAPRA_CLIENT"]).randbytes(300 << 10)
    if not content.strip(b"\0"):
        verdict(False, expected, f"{len(content) >> 10} Kio de zéros")
    ok = hashlib.sha256(content).digest() == hashlib.sha256(wanted).digest()
    verdict(ok, expected, "identique" if ok else "le contenu diffère")


os.umask(0o077)
{"series": series, "srv-db": untouched, "nommee": named, "sain": sound, "guerie": healed}[
    sys.argv[1]
]()
