#!/usr/bin/env python3
"""Judge the catalogue that dbconfig-common made, and the console that reads it.

Usage: installation.py catalogue | console
"""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from lab_verdict import verdict

CATALOGUE = Path("/var/lib/bacula/bacula.db")
TABLES = {"Client", "File", "Job", "Media", "Pool", "Version"}


def catalogue() -> None:
    """The SQLite base exists, with Bacula's tables."""
    expected = f"{CATALOGUE} existe, avec les tables de Bacula"
    if not CATALOGUE.is_file():
        verdict(False, expected, "ce fichier n'existe pas")
    try:
        with closing(sqlite3.connect(f"file:{CATALOGUE}?mode=ro", uri=True, timeout=30)) as base:
            found = {name for (name,) in base.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        verdict(False, expected, f"ce fichier n'est pas une base lisible : {error}")
    missing = sorted(TABLES - found)
    if missing:
        verdict(
            False,
            expected,
            f"il manque des tables : {', '.join(missing)}",
            "`sudo dpkg-reconfigure bacula-director-sqlite3` propose de refaire la base.",
        )
    verdict(True, expected, f"{len(found)} tables et index")


def console() -> None:
    """The console is let in by the director, and reads the catalogue through it."""
    expected = "bconsole ouvre le directeur et lit le catalogue"
    try:
        run = subprocess.run(
            ["/usr/bin/env", "bconsole", "-n", "-u", "20"],
            input="list clients\nquit\n",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        verdict(False, expected, "bconsole n'est pas installé")
    said = (run.stdout + run.stderr).strip()
    if "1000 OK" not in said:
        lines = said.splitlines() or ["aucune réponse"]
        words = next((line for line in lines if "problem" in line or "rror" in line), lines[-1])
        verdict(False, expected, words[:150])
    if "-fd" not in said:
        verdict(False, expected, "le directeur répond, sans pouvoir lire son catalogue")
    verdict(True, expected, "le directeur répond et son catalogue connaît un client")


{"catalogue": catalogue, "console": console}[sys.argv[1]]()
