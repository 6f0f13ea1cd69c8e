#!/usr/bin/env python3
"""Judge the nightly job: its secrets, and what running it really does.

Usage: tache.py secret | execution
"""

import io
import os
import secrets
import sqlite3
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
SCRIPT = Path("/usr/local/sbin/sauvegarde-restic")
UNIT = "sauvegarde-restic.service"
PASSPHRASE = Path("/root/.restic-pass")
BASE = Path("/srv") / CLIENT / "stock.db"
EXPORTS = "/var/backups/restic"
DEADLINE = 150.0


def run(*argv: str, timeout: float = 60.0) -> subprocess.CompletedProcess[bytes]:
    """Run a command without a terminal."""
    return subprocess.run(
        ["/usr/bin/env", *argv],
        env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "RESTIC_PASSWORD_FILE": str(PASSPHRASE),
        },
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        timeout=timeout,
    )


def restic(expected: str, *args: str) -> bytes:
    """What restic answers about the local repository, without a lock or a cache."""
    asked = run("restic", "--no-cache", "--no-lock", "--repo", "/sauvegarde/restic", *args)
    if asked.returncode != 0:
        said = asked.stderr.decode(errors="replace").strip().splitlines()
        verdict(False, expected, (said or [f"code de retour {asked.returncode}"])[-1])
    return asked.stdout


def secret() -> None:
    """The password stands in one file that only root reads."""
    expected = f"le mot de passe n'est que dans {PASSPHRASE}, que root seul lit"
    if not SCRIPT.is_file():
        verdict(False, expected, f"{SCRIPT} n'existe pas")
    status = PASSPHRASE.stat() if PASSPHRASE.is_file() else None
    if status is None or status.st_uid != 0 or status.st_mode & 0o077:
        verdict(False, expected, f"{PASSPHRASE} : absent, ou lisible par d'autres que root")
    phrase = PASSPHRASE.read_text().strip()
    units = run("systemctl", "cat", UNIT).stdout.decode(errors="replace")
    texts = {str(SCRIPT): SCRIPT.read_text(errors="replace"), UNIT: units}
    for name, text in texts.items():
        if phrase and phrase in text:
            verdict(
                False,
                expected,
                f"il est écrit en clair dans {name}",
                f"Laissez restic le lire : RESTIC_PASSWORD_FILE={PASSPHRASE}.",
            )
    mode = SCRIPT.stat()
    if mode.st_uid != 0 or mode.st_mode & 0o022:
        verdict(
            False,
            expected,
            f"{SCRIPT} est modifiable par d'autres que root : {stat.filemode(mode.st_mode)}",
        )
    verdict(True, expected, "un seul fichier le contient")


def exported(word: str, expected: str) -> str:
    """Where the exports of srv's newest snapshot hold a word; empty when none does."""
    archive = restic(expected, "dump", "--archive", "tar", "--host", "srv", "latest", EXPORTS)
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
            f"{UNIT} échoue : {(started.stderr.decode().strip().splitlines() or ['?'])[0]}",
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
