#!/usr/bin/env python3
"""Judge how the damaged pack was dealt with: named, healed, and nothing thrown away for it.

Usage: paquet.py nomme | photos | anciens
"""

import hashlib
import json
import os
import random
import sys
from pathlib import Path

from lab_restic import answer
from lab_verdict import verdict

NOTE = Path("/var/lib/pcapra/usure.json")
NAMED = Path("/root/paquet-abime.txt")
CLIENT = os.environ["PCAPRA_CLIENT"]
PHOTOS = f"/srv/{CLIENT}/photos/automne.raw"


def note(expected: str) -> dict[str, list[str]]:
    """What setup/usure.sh did."""
    if not NOTE.is_file():
        verdict(False, expected, "l'incident de l'étape n'a pas encore eu lieu")
    return dict(json.loads(NOTE.read_text()))


def named() -> None:
    """The report names the pack, and no other."""
    expected = f"{NAMED} donne l'identifiant du paquet abîmé, et de lui seul"
    pack = str(note(expected)["pack"])
    if not NAMED.is_file():
        verdict(False, expected, f"{NAMED} n'existe pas")
    words = NAMED.read_text(errors="replace").lower().split()
    # The first eight digits are what restic shows of an identifier.
    wrong = [word for word in words if len(word) < 8 or not pack.startswith(word)]
    if not words:
        verdict(False, expected, "il est vide")
    if wrong:
        verdict(False, expected, f"« {wrong[0][:20]} » n'est pas l'identifiant de ce paquet")
    verdict(True, expected, words[0][:8])


def photos() -> None:
    """A snapshot of srv gives the photos back, byte for byte."""
    expected = f"{PHOTOS} se restaure à l'identique depuis le dernier instantané"
    note(expected)
    wanted = hashlib.sha256(random.Random(f"{CLIENT} automne").randbytes(512 << 10)).hexdigest()
    listed = json.loads(answer(expected, "snapshots", "--json", "--host", "srv")) or []
    for one in sorted(listed, key=lambda one: one["time"], reverse=True):
        if not any(path == PHOTOS or PHOTOS.startswith(path + "/") for path in one["paths"]):
            continue
        content = answer(expected, "dump", one["id"], PHOTOS)
        same = hashlib.sha256(content).hexdigest() == wanted
        words = "identique" if same else "différent de l'original"
        verdict(same, expected, f"instantané {one['short_id']} : {words}")
    verdict(False, expected, "aucun instantané ne les contient")


def older() -> None:
    """The snapshots that the damage did not touch are still there."""
    expected = "les instantanés que l'incident ne touchait pas sont toujours là"
    # The last one is the photos' own, which may be given up.
    before = note(expected)["snapshots"]
    listed = json.loads(answer(expected, "snapshots", "--json")) or []
    present = {one["id"] for one in listed}
    lost = [name for name in before if name not in present]
    touched = [name for name in lost if name not in before[:-1]]
    lost = [name for name in lost if name not in touched]
    observed = f"disparus : {len(lost)}, dont {lost[0][:8]}" if lost else "tous présents"
    verdict(not lost, expected, observed)


{"nomme": named, "photos": photos, "anciens": older}[sys.argv[1]]()
