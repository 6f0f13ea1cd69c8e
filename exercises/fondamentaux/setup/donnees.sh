#!/bin/bash
# srv: the customer's folder as it is on Sunday, and the module that makes the following days.
# The steps' setups call it; what each day left is noted for the checks.
set -euo pipefail

install -d -m 0700 /var/lib/pcapra
cat > /var/lib/pcapra/journees.py <<'PY'
"""A customer's folder, day after day, and the tar archives of a job that runs each night.

Everything is computed from the trainee's parameters: running a day again changes nothing.
"""

import hashlib
import json
import os
import random
import shutil
import stat
import subprocess
import time
from pathlib import Path

DATA = Path("/srv/donnees")
NOTES = Path("/var/lib/pcapra/releves")
COARSE = 5
"""CLOCK_REALTIME_COARSE of Linux, which dates files; Python does not name it."""
CLIENT = os.environ["PCAPRA_CLIENT"]
DAILY = int(os.environ["PCAPRA_FACTURES"])


def write(path, content, mode=0o644, group="root"):
    """A file with this content and these rights; untouched if it has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)
    if stat.S_IMODE(path.stat().st_mode) != mode or path.group() != group:
        shutil.chown(path, "root", group)
        path.chmod(mode)


def live(root, day, label=""):
    """Make ``root`` go through one day; day 0 starts from nothing."""
    if day == 0:
        shutil.rmtree(root, ignore_errors=True)
        write(root / "Procès-verbal d'été.txt", f"Séance de {CLIENT}{label}\n".encode())
        write(root / "bin/publier.sh", b"#!/bin/sh\nexit 0\n", 0o755)
        write(root / "prive/comptes.csv", f"compte;{CLIENT}{label}\n".encode(), 0o640, "www-data")
        shutil.chown(root / "prive", "root", "www-data")
        (root / "prive").chmod(0o750)
        for number in range(3):
            write(root / f"brouillons/note-{number}.txt", f"note {number}{label}\n".encode())
        for name in ("atelier", "vitrine"):
            content = random.Random(f"{CLIENT}{label}{name}").randbytes(96 << 10)
            write(root / f"photos/{name}.raw", content)
        (root / "derniere.txt").symlink_to("factures/000.txt")
    for number in range(DAILY):
        text = f"Facture {day}{number:02}, {CLIENT}{label}\n"
        write(root / f"factures/{day}{number:02}.txt", text.encode())
    lines = "".join(f"jour {past} : {DAILY} factures{label}\n" for past in range(day + 1))
    write(root / "clients/suivi.txt", lines.encode(), 0o640, "www-data")
    {1: _monday, 2: _tuesday, 3: _wednesday, 4: _thursday}.get(day, lambda root: None)(root)


def _monday(root):
    shutil.rmtree(root / "brouillons", ignore_errors=True)
    write(root / "prive/comptes.csv", (root / "prive/comptes.csv").read_bytes(), 0o600, "www-data")
    if (root / "photos/atelier.raw").exists():
        (root / "photos/atelier.raw").rename(root / "photos/fonderie.raw")


def _tuesday(root):
    (root / "factures/001.txt").unlink(missing_ok=True)
    (root / "derniere.txt").unlink(missing_ok=True)
    (root / "derniere.txt").symlink_to("factures/200.txt")
    write(root / "projets/plan.txt", f"Projet de {CLIENT}\n".encode())


def _wednesday(root):
    (root / "photos/fonderie.raw").unlink(missing_ok=True)
    contract = os.environ["PCAPRA_CANARY"].encode()
    write(root / "clients/contrat.txt", contract, 0o640, "www-data")


def _thursday(root):
    (root / "factures/101.txt").unlink(missing_ok=True)
    (root / "projets").chmod(0o750)
    write(root / "projets/budget.csv", f"poste;{CLIENT}\n".encode(), 0o600)


def ransom(root):
    """What the ransomware leaves: every file unreadable, under another name."""
    for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink()):
        noise = random.Random(str(path)).randbytes(path.stat().st_size)
        path.with_name(f"{path.name}.chiffre").write_bytes(noise)
        path.unlink()
    write(root / "LISEZ-MOI.txt", b"Vos fichiers sont chiffres.\n")


def note(name, root):
    """Note what a folder holds: type and rights, owner, content of each item."""
    items = {}
    for path in (root, *root.rglob("*")):
        status = path.lstat()
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        owner = f"{path.owner()}:{path.group()}" if not path.is_symlink() else ""
        items[str(path.relative_to(root))] = [stat.filemode(status.st_mode), owner, content]
    NOTES.mkdir(mode=0o700, parents=True, exist_ok=True)
    (NOTES / f"{name}.json").write_text(json.dumps(items))


class Nights:
    """The nightly job: numbered archives of ``root`` in a folder."""

    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.state = folder / "etat.snar"
        self.full = folder / "complete.snar"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def archive(self, day, differential=False):
        """The archive of one day: full if it is the first, else of what changed."""
        if differential:
            shutil.copyfile(self.full, self.state)
        subprocess.run(
            ["tar", "--create", f"--file={self.folder}/jour-{day}.tar",
             f"--listed-incremental={self.state}", f"--directory={self.root.parent}",
             self.root.name],
            check=True,
        )  # fmt: skip
        if day == 0:
            shutil.copyfile(self.state, self.full)
        # A file is dated by the kernel's coarse clock, late by up to a tick: one that is written
        # right after this would look older than the archive, and be missed by the next.
        ended = time.time()
        while time.clock_gettime(COARSE) <= ended:
            time.sleep(0.001)

    def close(self):
        """Leave the archives only."""
        self.state.unlink()
        self.full.unlink()
PY

PYTHONPATH=/var/lib/pcapra PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
from journees import DATA, live, note

live(DATA, 0)
note("dimanche", DATA)
PY
