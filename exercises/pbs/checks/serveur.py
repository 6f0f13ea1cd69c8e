#!/usr/bin/env python3
"""Judge, on the backup machine, what the server holds, keeps and cannot read.

Usage: serveur.py sans-cle | effacement | illisible | voisin | espace
"""

import configparser
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from lab_borg_copy import compacted, config_of
from lab_marker import kept
from lab_run import last_line
from lab_verdict import verdict

REPOSITORY = Path("/srv/borg/srv")
NEIGHBOUR = Path("/srv/borg/compta")
NEIGHBOUR_NOTE = Path("/var/lib/pcapra/compta.sha256")
PLACES = ("/srv", "/home", "/root", "/tmp", "/var/tmp", "/var/backups", "/mnt", "/opt")


def existing(repository: Path, expected: str) -> configparser.ConfigParser:
    """The repository's configuration."""
    config = config_of(repository)
    if not config.has_option("repository", "id"):
        verdict(False, expected, f"aucun dépôt Borg dans {repository}")
    return config


def files() -> Iterator[Path]:
    """What accounts and administrators leave on the machine."""
    for place in PLACES:
        for path in Path(place).rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path


def without_key() -> None:
    """The encryption key is nowhere on the server, not even behind its passphrase."""
    expected = "la clé de chiffrement n'est nulle part sur sauvegarde"
    config = existing(REPOSITORY, expected)
    if config["repository"].get("key", "").strip():
        verdict(
            False,
            expected,
            f"elle est dans {REPOSITORY}/config",
            "Le mode `repokey` la range chez le serveur ; `keyfile-blake2` la garde chez le "
            "client.",
        )
    identity = config["repository"]["id"]
    for path in files():
        with path.open("rb") as stream:
            head = stream.read(80)
        if head.startswith(f"BORG_KEY {identity}".encode()):
            verdict(False, expected, f"elle est dans {path}")
    verdict(True, expected, "absente")


def outlived() -> None:
    """The object that the client has just written and deleted is still on the disk."""
    expected = "ce que la clé de srv efface reste sur le disque de sauvegarde"
    existing(REPOSITORY, expected)
    kept(REPOSITORY)


def unreadable() -> None:
    """Nothing of the customer's data is in the clear on the server."""
    expected = "rien des données du client n'est lisible sur sauvegarde"
    existing(REPOSITORY, expected)
    signs = [os.environ["PCAPRA_MARQUE"].encode(), os.environ["PCAPRA_CANARY"].encode()]
    for path in files():
        content = path.read_bytes()
        if any(sign in content for sign in signs):
            verdict(False, expected, f"{path} contient des données en clair")
    verdict(True, expected, "aucune trace en clair")


def neighbour() -> None:
    """The data of the other server's repository are those that were planted."""
    expected = f"le dépôt voisin {NEIGHBOUR} est intact"
    if not NEIGHBOUR_NOTE.is_file():
        verdict(False, expected, "le voisin n'a pas encore été posé")
    lines = []
    for path in (NEIGHBOUR / "data").rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"{digest}  {path.relative_to(NEIGHBOUR)}")
    same = sorted(lines) == NEIGHBOUR_NOTE.read_text().splitlines()
    verdict(same, expected, "intact" if same else "ses données ont changé")


def shrunk() -> None:
    """On a copy, ``borg compact`` has nothing left to free."""
    existing(REPOSITORY, "l'espace des archives supprimées est rendu au disque")
    compacted(REPOSITORY, lambda done: last_line(done.stderr, "borg échoue"))


os.umask(0o077)
{
    "sans-cle": without_key,
    "effacement": outlived,
    "illisible": unreadable,
    "voisin": neighbour,
    "espace": shrunk,
}[sys.argv[1]]()
