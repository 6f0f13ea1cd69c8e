#!/usr/bin/env python3
"""Compare the customer's site with what setup/donnees.sh planted.

Usage: arbre.py disque | contenu REPOSITORY | exclusions REPOSITORY

``disque`` looks at /srv/www; the two others look into the newest archive of a repository.
"""

import grp
import hashlib
import json
import os
import pwd
import random
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
SITE = f"srv/www/{CLIENT}"


@dataclass(frozen=True)
class Item:
    """What a backup owes us of a file: type and permissions, owner, content."""

    mode: str
    user: str
    group: str
    content: str = ""
    """SHA-256 of a file, target of a link."""


def planted() -> dict[str, Item]:
    """The tree that setup/donnees.sh made, without what the statement excludes."""
    page = f"<h1>{CLIENT}</h1>\n".encode()
    catalogue = random.Random(CLIENT).randbytes(2 << 20)
    files = {
        "index.html": ("-rw-r--r--", "root", "root", page),
        "contrat.txt": ("-rw-r-----", "root", "www-data", os.environ["PCAPRA_CANARY"].encode()),
        "Procès-verbal d'été.txt": (
            "-rw-r--r--", "root", "root", f"Séance de {CLIENT}\n".encode(),
        ),
        "bin/publier.sh": ("-rwxr-xr-x", "root", "root", b"#!/bin/sh\nexit 0\n"),
        "prive/comptes.csv": (
            "-rw-------", "www-data", "www-data", f"compte;{CLIENT}\n".encode(),
        ),
        "photos/catalogue.raw": ("-rw-r--r--", "root", "root", catalogue),
        "photos/catalogue-copie.raw": ("-rw-r--r--", "root", "root", catalogue),
    }  # fmt: skip
    tree = {
        f"{SITE}/{name}": Item(mode, user, group, hashlib.sha256(content).hexdigest())
        for name, (mode, user, group, content) in files.items()
    }
    tree[f"{SITE}/prive"] = Item("drwxr-x---", "root", "www-data")
    tree[f"{SITE}/accueil.html"] = Item("lrwxrwxrwx", "root", "root", "index.html")
    return tree


def borg(*args: str) -> subprocess.CompletedProcess[str]:
    """Run borg without a terminal, with a cache and a security folder of its own."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": "cat /root/.borg-pass",
            "BORG_RSH": "ssh -o BatchMode=yes -o ConnectTimeout=10",
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        return subprocess.run(
            ["/usr/bin/env", "borg", *args],
            env=env,
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
        )


def newest(repository: str, expected: str) -> str:
    """The name of the newest archive."""
    run = borg("list", "--bypass-lock", "--json", "--last", "1", repository)
    if run.returncode != 0:
        verdict(False, expected, (run.stderr.strip().splitlines() or ["dépôt illisible"])[-1])
    archives = json.loads(run.stdout)["archives"]
    if not archives:
        verdict(False, expected, f"{repository} ne contient aucune archive")
    return str(archives[0]["name"])


def listing(archive: str, expected: str, keys: str, *paths: str) -> list[dict[str, str]]:
    """The items of an archive, or of some of its paths."""
    run = borg("list", "--bypass-lock", "--json-lines", "--format", keys, archive, *paths)
    if run.returncode != 0:
        verdict(False, expected, (run.stderr.strip().splitlines() or ["archive illisible"])[-1])
    return [json.loads(line) for line in run.stdout.splitlines()]


def on_disk() -> dict[str, Item]:
    """The site as it is under /srv/www."""
    tree = {}
    for path in (Path("/") / SITE).rglob("*"):
        status = path.lstat()
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        tree[str(path)[1:]] = Item(
            stat.filemode(status.st_mode),
            pwd.getpwuid(status.st_uid).pw_name,
            grp.getgrgid(status.st_gid).gr_name,
            content,
        )
    return tree


def in_archive(items: list[dict[str, str]]) -> dict[str, Item]:
    """The site as an archive holds it."""
    return {
        item["path"]: Item(
            item["mode"],
            item["user"],
            item["group"],
            item["linktarget"] if item["type"] == "l" else item["sha256"] * (item["type"] == "-"),
        )
        for item in items
    }


def differences(tree: dict[str, Item]) -> list[str]:
    """What is missing or altered, in words."""
    found = []
    for path, item in planted().items():
        other = tree.get(path)
        if other is None:
            found.append(f"{path} manque")
        elif other.content != item.content:
            found.append(f"{path} : le contenu diffère")
        elif other != item:
            found.append(
                f"{path} : {other.mode} {other.user}:{other.group}"
                f" au lieu de {item.mode} {item.user}:{item.group}"
            )
    return found


def unwanted(paths: list[str]) -> list[str]:
    """What the statement excludes."""
    return [
        path
        for path in paths
        if path.endswith(".tmp") or (path.startswith("home/") and "/.cache/" in path)
    ]


def shown(problems: list[str]) -> str:
    """The first problems, and how many more."""
    more = f" (et {len(problems) - 3} autres)" if len(problems) > 3 else ""
    return " ; ".join(problems[:3]) + more


def disk() -> None:
    """The site is back on the disk."""
    expected = f"/{SITE} revenu : contenus, droits, propriétaires, lien, rien d'exclu"
    tree = on_disk()
    problems = differences(tree) or [f"{path} n'était pas sauvegardé" for path in unwanted([*tree])]
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
    problems = [f"{path} manque" for path in paths[1:] if path not in tree] + differences(tree)
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
