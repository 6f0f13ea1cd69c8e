#!/usr/bin/env python3
"""Compare the customer's site with what it was when it disappeared.

The tree is that of setup/donnees.sh after a day of setup/changements.sh.
"""

import hashlib
import os
import random
from pathlib import Path

from lab_tree import Item, differences, on_disk, shown
from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
SITE = Path("/srv/www") / CLIENT


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


expected = f"{SITE} revenu : contenus, droits, propriétaires, lien, et rien d'autre"
wanted, tree = planted(), on_disk(SITE, SITE)
problems = differences(tree, wanted)
problems += [f"{path} n'était plus là" for path in sorted(tree.keys() - wanted.keys())]
verdict(not problems, expected, shown(problems) or f"{len(wanted)} éléments conformes")
