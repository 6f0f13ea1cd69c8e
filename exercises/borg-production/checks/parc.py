#!/usr/bin/env python3
"""Judge the shared repository: each host's retention, then the damage and its repair.

Usage: parc.py series|srv-db|nommee|sain|guerie

Borg's own classes in this process, over one connection, without a lock and without root's cache.
"""

import argparse
import hashlib
import json
import os
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
WORDS = {
    "PassphraseWrong": "la phrase secrète n'ouvre pas la clé du dépôt",
    "IntegrityError": "un bloc est abîmé",
    "ObjectNotFound": "un bloc a disparu du dépôt",
    "ConnectionClosed": "SSH n'aboutit pas sans intervention",
    "ConnectionClosedWithHint": "SSH n'aboutit pas sans intervention",
}


@contextmanager
def opened(expected: str) -> Iterator[tuple[Any, Any, Any]]:
    """Repository, manifest and key; what goes wrong on the way is the trainee's."""
    with tempfile.TemporaryDirectory() as base:
        os.environ |= {
            "HOME": "/root",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": "cat /root/.borg-pass",
            "BORG_RSH": "ssh -o BatchMode=yes -o ConnectTimeout=15",
        }
        from borg.helpers import Location, Manifest
        from borg.logger import setup_logging
        from borg.remote import RemoteRepository

        setup_logging(level="critical")
        options = argparse.Namespace(
            remote_path=None, umask=0o077, log_level="critical", debug_topics=[], rsh=None,
            show_rc=False, upload_ratelimit=None, upload_buffer=None, remote_ratelimit=None,
            remote_buffer=None,
        )  # fmt: skip
        try:
            with RemoteRepository(Location(REPOSITORY), lock=False, args=options) as repository:
                manifest, key = Manifest.load(repository, (Manifest.Operation.READ,))
                yield repository, manifest, key
        except Exception as error:
            kind = type(error).__name__
            said = " ".join(str(error).split()) or kind
            verdict(False, expected, WORDS.get(kind, said[:200]))


def dated(manifest: Any) -> dict[str, datetime]:
    """The archives with their local times."""
    return {
        str(archive.name): archive.ts.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)
        for archive in manifest.archives.list()
    }


def archives(expected: str) -> dict[str, datetime]:
    """The archives of the repository with their local times."""
    with opened(expected) as (_, manifest, _key):
        return dated(manifest)


def kept(series: Mapping[str, datetime], rules: tuple[tuple[str, int], ...]) -> set[str]:
    """The names that a policy keeps, by the algorithm of borg-prune(1).

    A rule keeps the last archive of each period, newest first, skipping (not counting) those
    that a former rule has kept; a rule that runs out of periods also keeps the oldest archive.
    """
    chosen: set[str] = set()
    newest_first = sorted(series, key=lambda name: series[name], reverse=True)
    for pattern, count in rules:
        period, taken = "", 0
        for name in newest_first:
            if taken == count:
                break
            if series[name].strftime(pattern) == period:
                continue
            period = series[name].strftime(pattern)
            if name not in chosen:
                chosen.add(name)
                taken += 1
        if taken < count and newest_first:
            chosen.add(newest_first[-1])
    return chosen


def of(host: str, names: Mapping[str, datetime]) -> dict[str, datetime]:
    """The archives of one host, whose name is followed by a year."""
    return {n: t for n, t in names.items() if re.fullmatch(rf"{host}-\d{{4}}-.*", n)}


def history(expected: str) -> dict[str, datetime]:
    """What was in the repository when the step began."""
    if not NOTE.is_file():
        verdict(False, expected, "les archives de l'étape n'ont pas encore été posées")
    return {n: datetime.fromisoformat(t) for n, t in json.loads(NOTE.read_text()).items()}


def series() -> None:
    """Of each host's planted archives, exactly those that its policy keeps are left."""
    expected = "des séries srv et compta : ce que leur politique garde, ni plus ni moins"
    planted, present = history(expected), archives(expected)
    said = [judged(host, of(host, planted), of(host, present), expected) for host in RULES]
    verdict(True, expected, " ; ".join(said))


def judged(host: str, before: dict[str, datetime], now: dict[str, datetime], expected: str) -> str:
    """How many archives of a host are left, once they are the right ones."""
    left = before.keys() & now.keys()
    # Archives made since count as well, but any of them may be later than the pruning.
    since = sorted(now.keys() - before.keys(), key=lambda name: now[name])
    allowed = [
        kept(before | {name: now[name] for name in since[:count]}, RULES[host]) & before.keys()
        for count in range(len(since) + 1)
    ]
    if left in allowed:
        return f"{host} : {len(left)} gardées sur {len(before)}"
    extra, lost = sorted(left - allowed[0]), sorted(allowed[0] - left)
    details = []
    if extra:
        details.append(f"{len(extra)} de trop, dont {extra[0]}")
    if lost:
        details.append(f"supprimées à tort : {len(lost)}, dont {lost[0]}")
    hint = "Celles-là ne reviennent pas : réinitialisez le laboratoire (F8)." if lost else ""
    verdict(False, expected, f"{host} : {' ; '.join(details)}", hint)


def untouched() -> None:
    """All the archives of the third host are there."""
    expected = "les archives de srv-db sont toutes là"
    before = of("srv-db", history(expected))
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
    with opened(expected) as (repository, manifest, _key):
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
    with opened(expected) as (repository, manifest, key):
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
