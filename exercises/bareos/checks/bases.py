#!/usr/bin/env python3
"""Run the backup, then restore what it holds of a database, and open it.

Usage: bases.py boutique | catalogue

The restore goes to the backup machine itself, into a folder that is removed afterwards.
"""

import re
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from lab_bacula import console
from lab_verdict import verdict

CATALOGUE = Path("/var/lib/bacula/bacula.db")
EXPORT = "/var/backups/boutique/commandes.db"
RUN_LIMIT = 240.0


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    """What the catalogue answers."""
    with closing(sqlite3.connect(f"file:{CATALOGUE}?mode=ro", uri=True, timeout=30)) as catalogue:
        return list(catalogue.execute(query, values))


def finished(command: str, expected: str) -> int:
    """Start a job and wait for its end; its number once it succeeded."""
    said = console(command)
    if "Select Restore Job" in said:
        # There are several jobs of this kind, and any will do.
        said = console(command, "1")
    queued = re.search(r"JobId=(\d+)", said)
    if queued is None:
        words = (said.strip().splitlines() or ["bconsole n'ouvre pas le directeur"])[-1]
        verdict(False, expected, f"le travail n'a pas démarré : {words[:120]}")
    number = int(queued[1])
    deadline = time.monotonic() + RUN_LIMIT
    while True:
        found = rows("SELECT JobStatus FROM Job WHERE JobId = ?", number)
        status = str(found[0][0]) if found else "C"
        if status not in "CRFSmMsjcdtpiBLlaqe":
            break
        if time.monotonic() > deadline:
            console(f"cancel jobid={number} yes")
            verdict(False, expected, f"le travail {number} n'a pas fini : est-il en attente ?")
        time.sleep(0.5)
    if status not in "TW":
        log = [str(text) for (text,) in rows("SELECT LogText FROM Log WHERE JobId = ?", number)]
        bad = [line for text in log for line in text.splitlines() if "rror" in line]
        verdict(False, expected, f"travail {number} : {(bad or ['échec'])[0][:150]}")
    return number


def restored(number: int, client: str, path: str, expected: str) -> bytes:
    """A file of a job, brought here through Bacula."""
    folder = tempfile.mkdtemp(dir="/var/tmp", prefix="pcapra-")
    try:
        finished(
            f"restore client={client} restoreclient=sauvegarde-fd jobid={number} where={folder}"
            f" file={path} done yes",
            expected,
        )
        target = Path(folder) / path.lstrip("/")
        if not target.is_file():
            verdict(False, expected, f"travail {number} : {path} n'est pas revenu")
        return target.read_bytes()
    finally:
        shutil.rmtree(folder)


def opened(content: bytes) -> sqlite3.Connection:
    """A base in memory, from its file or from the SQL text of a dump."""
    base = sqlite3.connect(":memory:")
    if content.startswith(b"SQLite format 3\0"):
        # A base in WAL mode cannot be opened in memory: these bytes say which mode it is in.
        base.deserialize(content[:18] + b"\1\1" + content[20:])
    else:
        base.executescript(content.decode())
    return base


def held(number: int) -> list[str]:
    """The paths of a job's files."""
    query = (
        "SELECT Path || Filename.Name FROM File JOIN Path USING (PathId)"
        " JOIN Filename USING (FilenameId) WHERE JobId = ? AND FileIndex > 0"
    )
    return [str(path) for (path,) in rows(query, number)]


def shop() -> None:
    """The job saves a consistent export, made for it: its last order is of this minute."""
    expected = "la sauvegarde contient un export de la base, cohérent, fait par elle"
    begun = time.time()
    number = finished("run job=SauvegardeSrv level=Incremental yes", expected)
    if EXPORT not in held(number):
        verdict(
            False,
            expected,
            f"travail {number} : {EXPORT} n'y est pas",
            "L'export doit être refait avant chaque travail, par `Client Run Before Job`, et son "
            "dossier être dans le FileSet.",
        )
    content = restored(number, "srv-fd", EXPORT, expected)
    try:
        with closing(opened(content)) as base:
            [(sound,)] = base.execute("PRAGMA integrity_check").fetchall()
            [(count, last)] = base.execute("SELECT count(*), max(quand) FROM commande").fetchall()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        verdict(False, expected, f"l'export restauré ne s'ouvre pas : {error}")
    if sound != "ok" or not count:
        verdict(False, expected, f"l'export restauré : {count} commandes, {sound}")
    age = begun - float(last)
    if age > 90:
        verdict(False, expected, f"sa dernière commande a {age / 60:.0f} minutes de retard")
    verdict(True, expected, f"travail {number} : {count} commandes, base saine")


def catalogue() -> None:
    """A backup of the catalogue, restored, tells of the site's backups."""
    expected = "le catalogue sauvegardé, restauré, raconte les sauvegardes de srv"
    query = (
        "SELECT JobId, JobStatus, Client.Name FROM Job JOIN Client USING (ClientId)"
        " WHERE Job.Name = 'BackupCatalog' AND Type = 'B' ORDER BY JobId DESC LIMIT 1"
    )
    found = rows(query)
    if not found:
        verdict(False, expected, "aucun travail BackupCatalog")
    number, status, client = found[0]
    if status not in ("T", "W"):
        verdict(False, expected, f"le dernier BackupCatalog, {number}, est dans l'état {status}")
    paths = held(int(str(number)))
    if not paths:
        verdict(
            False,
            expected,
            f"le dernier BackupCatalog, {number}, n'a rien emporté",
            "`Run Before Job` exporte le catalogue avant que le travail ne lise l'export.",
        )
    path = max(paths, key=lambda name: (name.endswith((".sql", ".db")), name))
    content = restored(int(str(number)), str(client), str(path), expected)
    query = "SELECT count(*) FROM Job WHERE Name = 'SauvegardeSrv' AND JobStatus IN ('T', 'W')"
    try:
        with closing(opened(content)) as base:
            [(count,)] = base.execute(query).fetchall()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        verdict(False, expected, f"{path} ne s'ouvre pas : {error}")
    verdict(bool(count), expected, f"{path} : {count} sauvegardes de srv")


if not CATALOGUE.is_file():
    verdict(False, "un catalogue Bacula", f"{CATALOGUE} n'existe pas")
{"boutique": shop, "catalogue": catalogue}[sys.argv[1]]()
