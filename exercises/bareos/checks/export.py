#!/usr/bin/env python3
"""Judge the shop's export on srv.

Usage: export.py echec | prive

``echec`` runs the trainee's script where the database cannot be seen, in a mount namespace of
its own: the shop itself notices nothing.
"""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from lab_bacula import anyone_may
from lab_verdict import verdict

SCRIPT = Path("/usr/local/sbin/exporter-boutique")
EXPORT = Path("/var/backups/boutique/commandes.db")
BLIND = (
    'mount -t tmpfs none /var/lib/boutique && mount --bind "$1" /var/backups/boutique && exec "$2"'
)


def orders(path: Path) -> int:
    """How many orders an export holds; -1 if it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            return int(base.execute("SELECT count(*) FROM commande").fetchone()[0])
    except sqlite3.DatabaseError:
        return -1


def failure() -> None:
    """Without its database the script fails, and leaves the former export alone."""
    expected = "sans sa base, l'export échoue et garde la copie d'avant"
    if not EXPORT.is_file():
        verdict(False, expected, f"{EXPORT} n'existe pas encore")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        # The script works on a copy: the trainee's export is not at stake.
        shutil.copy2(EXPORT, folder)
        before = orders(EXPORT)
        run = subprocess.run(
            ["unshare", "--mount", "sh", "-c", BLIND, "sh", folder, str(SCRIPT)],
            capture_output=True,
            check=False,
        )
        after = orders(Path(folder) / EXPORT.name)
    if run.returncode == 0:
        verdict(
            False,
            expected,
            "il annonce un succès (code 0)",
            "Ouvrir une base absente en crée une, vide : `mode=ro` l'interdit. Un script shell "
            "commence par `set -euo pipefail`.",
        )
    if run.returncode in (126, 127):
        verdict(False, expected, f"{SCRIPT} ne s'exécute pas (code {run.returncode})")
    if after != before:
        verdict(False, expected, "il échoue après avoir détruit la copie d'avant")
    verdict(True, expected, f"code {run.returncode}, {after} commandes toujours là")


def private() -> None:
    """The export is nobody else's business, nor the script that root runs."""
    expected = f"{EXPORT} n'est lisible que de root, {SCRIPT} n'est modifiable que de lui"
    for path, test, words in ((EXPORT, "-r", "lisible"), (SCRIPT, "-w", "modifiable")):
        if not path.is_file():
            verdict(False, expected, f"{path} n'existe pas")
        if anyone_may(test, path) or path.stat().st_uid != 0:
            verdict(False, expected, f"{path} : {words} par d'autres que root")
    verdict(True, expected, "l'export et son script sont à root")


{"echec": failure, "prive": private}[sys.argv[1]]()
