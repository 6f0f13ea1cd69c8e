#!/usr/bin/env python3
"""Judge the nightly job: its secrets, and what running it really does.

Usage: tache.py secret | execution
"""

import io
import os
import secrets
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

from lab_restic import answer
from lab_run import run
from lab_secret import only_root_writes, phrase_of
from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
SCRIPT = Path("/usr/local/sbin/sauvegarde-restic")
UNIT = "sauvegarde-restic.service"
PASSPHRASE = Path("/root/.restic-pass")
BASE = Path("/srv") / CLIENT / "stock.db"
EXPORTS = "/var/backups/restic"
DEADLINE = 150.0


def secret() -> None:
    """The password stands in one file that only root reads."""
    expected = f"le mot de passe n'est que dans {PASSPHRASE}, que root seul lit"
    phrase = phrase_of(PASSPHRASE, SCRIPT, expected)
    unit = run("systemctl", "cat", UNIT, timeout=60).stdout
    texts = {str(SCRIPT): SCRIPT.read_text(errors="replace"), UNIT: unit}
    for name, text in texts.items():
        if phrase and phrase in text:
            verdict(
                False,
                expected,
                f"il est écrit en clair dans {name}",
                f"Laissez restic le lire : RESTIC_PASSWORD_FILE={PASSPHRASE}.",
            )
    only_root_writes(SCRIPT, expected)
    verdict(True, expected, "un seul fichier le contient")


def exported(word: str, expected: str) -> str:
    """Where the exports of srv's newest snapshot hold a word; empty when none does."""
    command = ("dump", "--archive", "tar", "--host", "srv", "latest", EXPORTS)
    archive = answer(expected, *command, timeout=60)
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            stream = members.extractfile(member) if member.isfile() else None
            data = stream.read() if stream is not None else b""
            if word.encode() not in data:
                continue
            if data.startswith(b"SQLite format 3") and not whole(data):
                verdict(False, expected, f"{member.name} n'est pas une base intègre")
            return member.name
    return ""


def whole(data: bytes) -> bool:
    """A SQLite file that needs no other one to be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.db"
        path.write_bytes(data)
        base = sqlite3.connect(path)
        try:
            return bool(base.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
        except sqlite3.DatabaseError:
            return False
        finally:
            base.close()


def executed() -> None:
    """A row written just now, still in the database's log, is in the export that the job saves."""
    expected = "lancée par systemd, la tâche sauvegarde une ligne écrite à l'instant dans la base"
    word = f"temoin {secrets.token_hex(8)}"
    base = sqlite3.connect(BASE, isolation_level=None)
    try:
        # As a busy application: what was written stays in the log, and the base stays open.
        base.execute("PRAGMA wal_autocheckpoint=0")
        base.execute("INSERT INTO articles VALUES (1000, ?)", (word,))
        try:
            started = run("systemctl", "start", "--wait", UNIT, timeout=DEADLINE)
        finally:
            base.execute("DELETE FROM articles WHERE numero = 1000")
    finally:
        base.close()
    if started.returncode != 0:
        verdict(
            False,
            expected,
            f"{UNIT} échoue : {(started.stderr.strip().splitlines() or ['?'])[0]}",
            "`journalctl -u sauvegarde-restic -n 20` dit pourquoi.",
        )
    where = exported(word, expected)
    if where:
        verdict(True, expected, f"trouvée dans {where}")
    verdict(
        False,
        expected,
        f"le dernier instantané n'en a pas trace sous {EXPORTS}",
        "Copier stock.db sans son journal (stock.db-wal) perd les dernières écritures : exportez "
        "la base par SQLite lui-même.",
    )


{"secret": secret, "execution": executed}[sys.argv[1]]()
