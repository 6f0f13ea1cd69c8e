#!/usr/bin/env python3
"""Judge a snapshot file of GNU tar by what tar would save today if it were given it.

Usage: etat.py a-jour SNAR | reference SNAR DAY | perdue SNAR DAY

``a-jour``: nothing, the folder is as it was. ``reference``: all that changed between Sunday and
DAY. ``perdue``: the opposite of ``reference``, for the state that cannot be mended. tar works on
a copy, and writes to /dev/null.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from lab_run import last_line, run
from lab_verdict import verdict

DATA = Path("/srv/donnees")
NOTES = Path("/var/lib/pcapra/releves")


class Unusable(Exception):
    """The file is no reference for the folder; the message says why."""


def folders(state: Path) -> list[str]:
    """The folders that a snapshot file knows. See « Format of the Incremental Snapshot Files »."""
    first, _, rest = state.read_bytes().partition(b"\n")
    if not first.startswith(b"GNU tar-") or not first.endswith(b"-2"):
        raise Unusable(f"{state} n'est pas un fichier d'état de tar")
    fields = rest.split(b"\0")[2:]
    names = []
    while len(fields) > 6:
        names.append(fields[5].decode(errors="replace"))
        end = fields.index(b"", 6)
        fields = fields[end + 2 :]
    return names


def saved_today(state: Path) -> set[Path]:
    """The files that tar would save from this state."""
    if not state.is_file():
        raise Unusable(f"{state} n'existe pas")
    names = folders(state)
    if not names:
        raise Unusable(f"{state} ne connaît aucun dossier : tar n'y a rien noté")
    name = min(names, key=len)
    # The same words as the trainee's: tar knows a folder by the name that it was given.
    within = Path("/") / name.removeprefix("./")
    base = DATA if name in (".", "./") else Path("/")
    if name not in (".", "./") and not name.startswith("/"):
        base = next((b for b in (Path("/srv"), Path("/")) if b / name == DATA), DATA.parent)
        within = base / name
    if name not in (".", "./") and within != DATA:
        raise Unusable(f"{state} a été fait pour « {name} », non pour {DATA}")
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / "etat"
        shutil.copyfile(state, copy)
        done = run(
            "tar", "--create", "--verbose", "--file=/dev/null", f"--listed-incremental={copy}",
            "--quoting-style=literal", f"--directory={base}", name,
        )  # fmt: skip
    if done.returncode != 0:
        raise Unusable(last_line(done.stderr, f"tar refuse {state}"))
    return {base / line for line in done.stdout.splitlines() if not line.endswith("/")}


def changed(day: str) -> set[Path]:
    """What differs between Sunday and another day: files and links that are there."""
    notes = [NOTES / f"{name}.json" for name in ("dimanche", day)]
    if not all(note.is_file() for note in notes):
        raise Unusable("l'étape n'est pas encore préparée")
    old, now = (json.loads(note.read_text()) for note in notes)
    return {DATA / p for p in now if now[p] != old.get(p) and not now[p][0].startswith("d")}


def up_to_date(state: str) -> None:
    """Nothing has changed since this state."""
    expected = f"{state} décrit /srv/donnees tel que l'archive l'a trouvé"
    try:
        saved = saved_today(Path(state))
    except Unusable as error:
        verdict(False, expected, str(error))
    some = ", ".join(sorted(path.name for path in saved)[:3])
    observed = f"{len(saved)} fichiers lui paraissent nouveaux, dont {some}" if saved else "à jour"
    verdict(not saved, expected, observed)


def reference(state: str, day: str) -> None:
    """A differential made from this state would hold all that changed since Sunday."""
    expected = f"{state} décrit toujours l'état du dimanche"
    try:
        forgotten = changed(day) - saved_today(Path(state))
    except Unusable as error:
        verdict(False, expected, str(error))
    some = ", ".join(sorted(path.name for path in forgotten)[:3])
    observed = f"il tient pour déjà sauvegardés {some}" if forgotten else "intact"
    verdict(not forgotten, expected, observed)


def lost(state: str, day: str) -> None:
    """Sunday's state cannot be found again."""
    expected = "l'état du dimanche est perdu"
    try:
        wanted = changed(day)
    except Unusable as error:
        verdict(False, expected, str(error))
    try:
        forgotten = wanted - saved_today(Path(state))
    except Unusable as error:
        verdict(True, expected, str(error))
    verdict(bool(forgotten), expected, "écrasé" if forgotten else "il est là")


{"a-jour": up_to_date, "reference": reference, "perdue": lost}[sys.argv[1]](*sys.argv[2:])
