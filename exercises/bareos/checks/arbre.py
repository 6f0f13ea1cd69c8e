#!/usr/bin/env python3
"""Compare the customer's site with what it was when it disappeared.

The tree is that of setup/donnees.sh after a day of setup/changements.sh.
"""

import grp
import hashlib
import json
import os
import pwd
import random
import stat
from dataclasses import dataclass
from pathlib import Path

CLIENT = os.environ["PCAPRA_CLIENT"]
SITE = Path("/srv/www") / CLIENT


@dataclass(frozen=True)
class Item:
    """What a backup owes us of a file: type and permissions, owner, content."""

    mode: str
    owner: str
    content: str = ""
    """SHA-256 of a file, target of a link."""


def planted() -> dict[str, Item]:
    """The site as it was backed up last."""
    photo = random.Random(CLIENT).randbytes(512 << 10)
    log = "".join(f"2025-{n % 12 + 1:02} GET /{CLIENT}/{n % 97} 200\n" for n in range(30000))
    contract = os.environ["PCAPRA_CANARY"] + "Avenant : voir avenant.txt.\n"
    files = {
        "index.html": ("-rw-r--r--", "root:root", f"<h1>{CLIENT}</h1>\n"),
        "contrat.txt": ("-rw-r-----", "root:www-data", contract),
        "avenant.txt": ("-rw-r--r--", "root:root", f"Avenant de {CLIENT}\n"),
        "Procès-verbal d'été.txt": ("-rw-r--r--", "root:root", f"Séance de {CLIENT}\n"),
        "bin/publier.sh": ("-rwxr-xr-x", "root:root", "#!/bin/sh\nexit 0\n"),
        "prive/comptes.csv": ("-rw-------", "www-data:www-data", f"compte;{CLIENT}\n"),
        "journaux/2025.log": ("-rw-r--r--", "root:root", log),
        "photos-2026/vitrine.raw": ("-rw-r--r--", "root:root", photo),
    }
    tree = {}
    for name, (mode, owner, content) in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        tree[name] = Item(mode, owner, hashlib.sha256(data).hexdigest())
    tree["accueil.html"] = Item("lrwxrwxrwx", "root:root", "index.html")
    tree["prive"] = Item("drwxr-x---", "root:www-data")
    for name in ("bin", "journaux", "photos-2026"):
        tree[name] = Item("drwxr-xr-x", "root:root")
    return tree


def name_of(number: int, table: object) -> str:
    """An account's or a group's name; its number if it has none."""
    try:
        if table is pwd:
            return pwd.getpwuid(number).pw_name
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def on_disk() -> dict[str, Item]:
    """The site as it is."""
    tree = {}
    for path in SITE.rglob("*"):
        status = path.lstat()
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        owner = f"{name_of(status.st_uid, pwd)}:{name_of(status.st_gid, grp)}"
        tree[str(path.relative_to(SITE))] = Item(stat.filemode(status.st_mode), owner, content)
    return tree


def differences(tree: dict[str, Item]) -> list[str]:
    """What is missing, altered or too many, in words."""
    wanted = planted()
    found = []
    for path, item in wanted.items():
        other = tree.get(path)
        if other is None:
            found.append(f"{path} manque")
        elif other.content != item.content:
            found.append(f"{path} : le contenu diffère")
        elif other != item:
            found.append(f"{path} : {other.mode} {other.owner} au lieu de {item.mode} {item.owner}")
    found += [f"{path} n'était plus là" for path in sorted(tree.keys() - wanted.keys())]
    return found


problems = differences(on_disk())
more = f" (et {len(problems) - 3} autres)" if len(problems) > 3 else ""
verdict = {
    "ok": not problems,
    "expected": f"{SITE} revenu : contenus, droits, propriétaires, lien, et rien d'autre",
    "observed": " ; ".join(problems[:3]) + more or f"{len(planted())} éléments conformes",
}
print(json.dumps(verdict))
