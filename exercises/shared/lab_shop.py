"""A customer's small site under /srv: what the setup plants, and what a restore owes."""

import hashlib
import os
import random
from pathlib import Path

from lab_tree import Item

CLIENT = os.environ.get("PCAPRA_CLIENT", "")
SITE = Path("/srv") / CLIENT


def planted() -> dict[str, tuple[int, str, bytes]]:
    """Its files by name: permissions, group, content; all are root's."""
    photos = random.Random(f"photos {CLIENT}").randbytes(512 << 10)
    return {
        "index.html": (0o644, "root", f"<h1>{CLIENT}</h1>\n".encode()),
        "contrat.txt": (0o640, "www-data", os.environ["PCAPRA_CANARY"].encode()),
        "Procès-verbal d'été.txt": (0o644, "root", f"Séance de {CLIENT}\n".encode()),
        "prive/comptes.csv": (0o640, "www-data", f"compte;{CLIENT}\n".encode()),
        "photos/catalogue.raw": (0o644, "root", photos),
    }


def owed() -> dict[str, Item]:
    """The same, by path from the root, as `lab_tree` compares."""
    top = str(SITE).lstrip("/")
    modes = {0o644: "-rw-r--r--", 0o640: "-rw-r-----"}
    tree = {
        f"{top}/{name}": Item(modes[mode], f"root:{group}", hashlib.sha256(content).hexdigest())
        for name, (mode, group, content) in planted().items()
    }
    tree[f"{top}/prive"] = Item("drwxr-x---", "root:www-data")
    return tree
