#!/usr/bin/env python3
"""Judge the return after the ransomware.

Usage: retour.py arbre | propre | gardes
"""

import json
import sys
from pathlib import Path

from lab_s3 import ADMIN, B2, B2_WHOLE, NUAGE, Client, judged
from lab_shop import SITE, owed
from lab_tree import differences, on_disk, shown
from lab_verdict import verdict

NOTE = Path("/var/lib/pcapra/rancon.json")


def tree() -> None:
    """The site is back on the disk."""
    expected = f"{SITE} revenu : contenus, droits, propriétaires"
    problems = differences(on_disk(SITE, Path("/")), owed())
    verdict(not problems, expected, shown(problems) or f"{len(owed())} éléments conformes")


def clean() -> None:
    """Nothing of the attack is left in it."""
    expected = f"ni fichier chiffré ni demande de rançon dans {SITE}"
    left = [
        path.name
        for path in SITE.rglob("*")
        if path.name.endswith(".verrou") or "RANCON" in path.name
    ]
    verdict(not left, expected, f"{len(left)}, dont {left[0]}" if left else "rien")


def kept() -> None:
    """All the versions that were there before the attack still are."""
    expected = "chez les deux hébergeurs, toutes les versions d'avant l'attaque sont encore là"
    if not NOTE.is_file():
        verdict(False, expected, "la panne du drill n'a pas encore eu lieu")
    before = json.loads(NOTE.read_text())
    now = {
        "nuage": set(Client.of(NUAGE, ADMIN).versions("srv/")),
        "b2": set(Client.of(B2, B2_WHOLE).versions("srv/")),
    }
    lost = {name: {tuple(one) for one in before[name]} - now[name] for name in now}
    # What holds restic's own locks comes and goes.
    lost = {name: [one for one in gone if "/locks/" not in one[0]] for name, gone in lost.items()}
    bad = [f"{len(gone)} détruites chez {name}" for name, gone in lost.items() if gone]
    verdict(not bad, expected, " ; ".join(bad) or f"{sum(map(len, before.values()))} présentes")


judged({"arbre": tree, "propre": clean, "gardes": kept}[sys.argv[1]])
