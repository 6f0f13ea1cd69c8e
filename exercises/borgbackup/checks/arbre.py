#!/usr/bin/env python3
"""Compare the customer's site with what setup/donnees.sh planted.

Usage: arbre.py disque | contenu REPOSITORY | exclusions REPOSITORY

``disque`` looks at /srv/www; the two others look into the newest archive of a repository.
"""

import hashlib
import json
import os
import random
import sys
from pathlib import Path

from lab_borg import archives, borg
from lab_run import last_line
from lab_tree import Item, differences, on_disk, shown
from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
SITE = f"srv/www/{CLIENT}"


def planted() -> dict[str, Item]:
    """The tree that setup/donnees.sh made, without what the statement excludes."""
    page = f"<h1>{CLIENT}</h1>\n".encode()
    catalogue = random.Random(CLIENT).randbytes(2 << 20)
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
        "photos/catalogue.raw": ("-rw-r--r--", "root:root", catalogue),
        "photos/catalogue-copie.raw": ("-rw-r--r--", "root:root", catalogue),
    }  # fmt: skip
    tree = {
        f"{SITE}/{name}": Item(mode, owner, hashlib.sha256(content).hexdigest())
        for name, (mode, owner, content) in files.items()
    }
    tree[f"{SITE}/prive"] = Item("drwxr-x---", "root:www-data")
    tree[f"{SITE}/accueil.html"] = Item("lrwxrwxrwx", "root:root", "index.html")
    return tree


def newest(repository: str, expected: str) -> str:
    """The name of the newest archive."""
    found = archives(repository, expected, "--last", "1", unencrypted=True)
    if not found:
        verdict(False, expected, f"{repository} ne contient aucune archive")
    return str(found[0]["name"])


def listing(archive: str, expected: str, keys: str, *paths: str) -> list[dict[str, str]]:
    """The items of an archive, or of some of its paths."""
    command = ("list", "--bypass-lock", "--json-lines", "--format", keys, archive, *paths)
    done = borg(*command, unencrypted=True)
    if done.returncode != 0:
        verdict(False, expected, last_line(done.stderr, "archive illisible"))
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_archive(items: list[dict[str, str]]) -> dict[str, Item]:
    """The site as an archive holds it."""
    return {
        item["path"]: Item(
            item["mode"],
            f"{item['user']}:{item['group']}",
            item["linktarget"] if item["type"] == "l" else item["sha256"] * (item["type"] == "-"),
        )
        for item in items
    }


def unwanted(paths: list[str]) -> list[str]:
    """What the statement excludes."""
    return [
        path
        for path in paths
        if path.endswith(".tmp") or (path.startswith("home/") and "/.cache/" in path)
    ]


def disk() -> None:
    """The site is back on the disk."""
    expected = f"/{SITE} revenu : contenus, droits, propriétaires, lien, rien d'exclu"
    tree = on_disk(Path("/") / SITE, Path("/"))
    problems = differences(tree, planted()) or [
        f"{path} n'était pas sauvegardé" for path in unwanted([*tree])
    ]
    verdict(not problems, expected, shown(problems) or f"{len(planted())} éléments conformes")


def content(repository: str) -> None:
    """The newest archive is this host's and holds the site, /etc and /home."""
    expected = f"la dernière archive, nommée srv-…, contient /etc, /home et /{SITE} intacts"
    name = newest(repository, expected)
    if not name.startswith("srv-"):
        verdict(False, expected, f"la dernière archive s'appelle {name}")
    keys = "{type}{mode}{user}{group}{path}{linktarget}{sha256}"
    paths = (SITE, "etc/hosts", "home/stagiaire")
    tree = in_archive(listing(f"{repository}::{name}", expected, keys, *paths))
    problems = [f"{path} manque" for path in paths[1:] if path not in tree]
    problems += differences(tree, planted())
    verdict(not problems, expected, f"{name} : " + (shown(problems) or "tout y est"))


def exclusions(repository: str) -> None:
    """The newest archive holds nothing of what the statement excludes."""
    expected = "ni fichier *.tmp, ni /home/*/.cache dans la dernière archive"
    name = newest(repository, expected)
    paths = [item["path"] for item in listing(f"{repository}::{name}", expected, "{path}")]
    problems = unwanted(paths)
    if not problems and not paths:
        problems = ["l'archive est vide"]
    verdict(not problems, expected, f"{name} : " + (shown(problems) or f"{len(paths)} éléments"))


if sys.argv[1] == "disque":
    disk()
{"contenu": content, "exclusions": exclusions}[sys.argv[1]](sys.argv[2])
