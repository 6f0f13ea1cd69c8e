#!/usr/bin/env python3
"""Compare the customer's site with what setup/donnees.sh planted.

Usage: arbre.py nuit|contenu local|sftp|rest
       arbre.py disque|base|propre

The first two look into the newest snapshot of srv that holds the site, in a repository; the
others look at the disk.
"""

import hashlib
import io
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from lab_restic import restic
from lab_run import last_line
from lab_tree import Item, differences, on_disk, owner, shown
from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
SITE = f"srv/{CLIENT}"
DEADLINE = 80.0
"""Seconds: restic goes on asking a server that refuses for a quarter of an hour."""


def planted() -> dict[str, Item]:
    """The tree that setup/donnees.sh made, without the database and what the statement excludes."""
    page = f"<h1>{CLIENT}</h1>\n".encode()
    files = {
        "index.html": ("-rw-r--r--", "root:root", page),
        "contrat.txt": ("-rw-r-----", "root:www-data", os.environ["PCAPRA_CANARY"].encode()),
        "Procès-verbal d'été.txt": (
            "-rw-r--r--", "root:root", f"Séance de {CLIENT}\n".encode(),
        ),
        "bin/publier.sh": ("-rwxr-xr-x", "root:root", b"#!/bin/sh\nexit 0\n"),
        "prive/comptes.csv": (
            "-rw-------", "www-data:www-data", f"compte;{CLIENT}\n".encode(),
        ),
        "photos/catalogue.raw": (
            "-rw-r--r--", "root:root", random.Random(CLIENT).randbytes(1 << 20),
        ),
    }  # fmt: skip
    tree = {
        f"{SITE}/{name}": Item(mode, who, hashlib.sha256(content).hexdigest())
        for name, (mode, who, content) in files.items()
    }
    tree[f"{SITE}/prive"] = Item("drwxr-x---", "root:www-data")
    tree[f"{SITE}/accueil.html"] = Item("lrwxrwxrwx", "root:root", "index.html")
    return tree


def answer(place: str, expected: str, *args: str) -> bytes:
    """What restic answers; the check fails if it fails."""
    try:
        done = restic(place, *args, timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        verdict(False, expected, f"le dépôt ne répond pas en {DEADLINE:.0f} s")
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")
        if "no snapshot found" in said or "no matching ID" in said:
            verdict(False, expected, f"aucun instantané de srv ne contient /{SITE}")
        verdict(False, expected, last_line(said, f"code de retour {done.returncode}"))
    return done.stdout


def snapshot_tree(place: str, expected: str) -> dict[str, Item]:
    """All that the newest snapshot of srv that holds the site has."""
    tree = {}
    # One process: each opens the repository anew, which is most of its time.
    archive = answer(
        place, expected, "dump", "--archive", "tar", "--host", "srv", "--path", f"/{SITE}",
        "latest", "/",
    )  # fmt: skip
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            kind = {tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l"}.get(member.type, "-")
            content = member.linkname if kind == "l" else ""
            if kind == "-" and (stream := members.extractfile(member)) is not None:
                content = hashlib.sha256(stream.read()).hexdigest()
            bits = {"d": stat.S_IFDIR, "l": stat.S_IFLNK}.get(kind, stat.S_IFREG) | member.mode
            tree[member.name.strip("/")] = Item(
                stat.filemode(bits), owner(member.uid, member.gid), content
            )
    return tree


def content(place: str, *, pure: bool = False) -> None:
    """The newest snapshot holds the site, /etc and /home; if ``pure``, nothing of the excluded."""
    expected = f"le dernier instantané contient /etc, /home et /{SITE} intacts"
    if pure:
        expected += ", ni *.tmp, ni cache marqué, ni /home/*/.cache"
    tree = snapshot_tree(place, expected)
    paths = ("etc/hosts", "home/stagiaire")
    problems = [f"{path} manque" for path in paths if path not in tree]
    problems += differences(tree, planted())
    if pure:
        problems += [f"{path} est de trop" for path in unwanted(tree)]
    verdict(not problems, expected, shown(problems) or f"tout y est, {len(tree)} éléments")


def unwanted(tree: dict[str, Item]) -> list[str]:
    """What the statement excludes, and which is there."""
    return [
        path
        for path, item in tree.items()
        if path.endswith(".tmp")
        or (path.startswith(f"{SITE}/vignettes/") and not path.endswith("CACHEDIR.TAG"))
        or (path.startswith("home/") and "/.cache/" in path and item.mode[0] != "d")
    ]


def disk() -> None:
    """The site is back on the disk."""
    expected = f"/{SITE} revenu : contenus, droits, propriétaires, lien"
    problems = differences(on_disk(Path("/") / SITE, Path("/")), planted())
    verdict(not problems, expected, shown(problems) or f"{len(planted())} éléments conformes")


def database() -> None:
    """The database opens, is whole, and holds all its rows, the last ones too."""
    expected = f"/{SITE}/stock.db s'ouvre, intègre, avec ses 60 articles"
    live = Path("/") / SITE / "stock.db"
    if not live.is_file():
        verdict(False, expected, "stock.db n'existe pas")
    # A copy with its log: opening the original would change it.
    with tempfile.TemporaryDirectory() as folder:
        for path in live.parent.glob("stock.db*"):
            if path.name in ("stock.db", "stock.db-wal"):
                shutil.copy(path, folder)
        base = sqlite3.connect(Path(folder) / "stock.db")
        try:
            sound = base.execute("PRAGMA integrity_check").fetchone()[0]
            rows = dict(base.execute("SELECT numero, nom FROM articles"))
        except sqlite3.DatabaseError as error:
            verdict(False, expected, f"illisible : {error}")
        finally:
            base.close()
    missing = [n for n in range(1, 61) if rows.get(n) != f"{CLIENT} {n}"]
    if sound != "ok":
        verdict(False, expected, f"integrity_check : {sound}")
    observed = (
        f"{len(missing)} articles manquent, dont le {missing[0]}" if missing else "60 articles"
    )
    verdict(not missing, expected, observed)


def clean() -> None:
    """Nothing of the ransomware is left."""
    expected = "plus un fichier chiffré ni une demande de rançon"
    folder = Path("/") / SITE
    if not folder.is_dir():
        verdict(False, expected, f"/{SITE} n'existe pas")
    left = sorted(
        str(path)
        for path in folder.rglob("*")
        if path.name.endswith(".verrou") or "RANCON" in path.name
    )
    verdict(not left, expected, shown(left) or "rien de tel")


match sys.argv[1]:
    case "contenu":
        content(sys.argv[2])
    case "nuit":
        content(sys.argv[2], pure=True)
    case "disque":
        disk()
    case "base":
        database()
    case "propre":
        clean()
