#!/usr/bin/env python3
"""Judge a repository at a host.

Usage: depot.py contenu nuage|b2
       depot.py serie | elague
"""

import hashlib
import io
import json
import stat
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from lab_run import last_line
from lab_s3 import ADMIN, B2_WHOLE, NUAGE, PLACES, XMLNS, Client, judged, restic
from lab_shop import SITE, owed
from lab_tree import Item, differences, owner, shown
from lab_verdict import verdict

DEADLINE = 90.0
SLACK, OVERHEAD = 0.06, 32 << 10
"""The part of a repository that prune may leave unused: 5 %, and what packs cost by themselves."""
CAUSES = {
    "wrong password": "le dépôt ne s'ouvre pas avec la phrase de l'énoncé",
    "no snapshot found": "aucun instantané de srv ne contient le site",
    "unable to open config file": "aucun dépôt Restic à cette adresse",
    "Unmarshal": "le contenu du dépôt n'est plus celui de Restic",
}


def said(name: str, expected: str, *args: str) -> bytes:
    """What restic answers, with a key that may; the check fails if it fails."""
    place, key = PLACES[name], ADMIN if name == "nuage" else B2_WHOLE
    # Without insisting: where there is none, restic asks again and again.
    if Client.of(place, key).ask("HEAD", "srv/config").status != 200:
        verdict(False, expected, "aucun dépôt Restic à cette adresse")
    try:
        done = restic(place, key, *args, timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        verdict(False, expected, f"le dépôt ne répond pas en {DEADLINE:.0f} s")
    if done.returncode != 0:
        text = done.stderr.decode(errors="replace")
        why = [words for sign, words in CAUSES.items() if sign in text]
        verdict(False, expected, (why or [last_line(text, f"code {done.returncode}")])[0])
    return done.stdout


def content(name: str) -> None:
    """The newest snapshot of srv's site holds all of it."""
    expected = f"le dernier instantané de srv contient {SITE} au complet"
    archive = said(
        name, expected, "dump", "--archive", "tar", "--host", "srv", "--path", str(SITE),
        "latest", str(SITE),
    )  # fmt: skip
    tree = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            stream = members.extractfile(member) if member.isfile() else None
            digest = hashlib.sha256(stream.read()).hexdigest() if stream is not None else ""
            kind = stat.S_IFREG if member.isfile() else stat.S_IFDIR
            tree[member.name.strip("/")] = Item(
                stat.filemode(kind | member.mode), owner(member.uid, member.gid), digest
            )
    problems = differences(tree, owed())
    verdict(not problems, expected, shown(problems) or f"tout y est, {len(tree)} éléments")


def series() -> None:
    """Of the planted history, what is less than ninety days old, and all of the nights."""
    expected = "il reste ce qui a moins de 90 jours, et rien de plus vieux"
    found = json.loads(said("nuage", expected, "snapshots", "--json")) or []
    planted = [one for one in found if "releve" in (one.get("tags") or [])]
    limit = datetime.now(UTC) - timedelta(days=90)
    # A zone's offset does not matter here; nanoseconds do, to datetime.
    old = [one for one in planted if datetime.fromisoformat(one["time"][:19] + "+00:00") < limit]
    nights = [one for one in found if str(SITE) in (one.get("paths") or [])]
    if not nights or len(planted) == len(old):
        verdict(False, expected, f"{len(found)} instantanés : il en manque de récents")
    verdict(not old, expected, f"{len(found)} instantanés, dont {len(old)} de plus de 90 jours")


def pruned() -> None:
    """Their space came back, and all the rest can be read."""
    expected = "le dépôt est élagué, et se relit en entier sans erreur"
    used = json.loads(said("nuage", expected, "stats", "--mode", "raw-data", "--json"))
    answer = Client.of(NUAGE, ADMIN).ask("GET", list_type="2", prefix="srv/data/")
    tree = ET.fromstring(answer.body)
    packs = sum(int(one.text or 0) for one in tree.iter(f"{XMLNS}Size"))
    unused = packs - used["total_size"]
    if unused > packs * SLACK + OVERHEAD:
        verdict(False, expected, f"{unused >> 10} Kio sur {packs >> 10} ne servent plus à rien")
    said("nuage", expected, "check", "--read-data")
    verdict(True, expected, f"{packs >> 10} Kio, relus sans erreur")


match sys.argv[1:]:
    case ["contenu", where]:
        judged(content, where)
    case ["serie"]:
        judged(series)
    case ["elague"]:
        judged(pruned)
