#!/usr/bin/env python3
"""Judge, on the backup machine, what the server holds, keeps and cannot read.

Usage: serveur.py sans-cle | effacement | illisible | voisin | espace
"""

import configparser
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lab_verdict import verdict

REPOSITORY = Path("/srv/borg/srv")
NEIGHBOUR = Path("/srv/borg/compta")
NEIGHBOUR_NOTE = Path("/var/lib/pcapra/compta.sha256")
PLACES = ("/srv", "/home", "/root", "/tmp", "/var/tmp", "/var/backups", "/mnt", "/opt")
SLACK = 64 << 10
"""Bytes that ``borg compact`` may free in a repository already compacted: old manifests."""


def config_of(repository: Path, expected: str) -> configparser.ConfigParser:
    """The repository's configuration."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(repository / "config")
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
    config = config_of(REPOSITORY, expected)
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


def kept() -> None:
    """The object that the client has just written and deleted is still on the disk."""
    expected = "ce que la clé de srv efface reste sur le disque de sauvegarde"
    config_of(REPOSITORY, expected)
    marker = hashlib.sha256(f"{os.environ['PCAPRA_CLIENT']}-sonde".encode()).digest() * 512
    for path in (REPOSITORY / "data").rglob("*"):
        if path.is_file() and marker in path.read_bytes():
            verdict(True, expected, f"retrouvé dans le segment {path.name}")
    verdict(
        False,
        expected,
        "un objet écrit puis effacé avec la clé de srv a vraiment disparu",
        "`borg serve --append-only`, dans `~borg/.ssh/authorized_keys`.",
    )


def unreadable() -> None:
    """Nothing of the customer's data is in the clear on the server."""
    expected = "rien des données du client n'est lisible sur sauvegarde"
    config_of(REPOSITORY, expected)
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


def size(folder: Path) -> int:
    """Bytes in the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def compacted() -> None:
    """On a copy, ``borg compact`` has nothing left to free."""
    expected = "l'espace des archives supprimées est rendu au disque"
    config = config_of(REPOSITORY, expected)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy = Path(folder) / "depot"
        shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns("lock.*"))
        # compact frees nothing in append-only mode, whatever there is to free.
        config["repository"]["append_only"] = "0"
        with (copy / "config").open("w") as stream:
            config.write(stream)
        before = size(copy / "data")
        run = subprocess.run(
            ["/usr/bin/env", "borg", "compact", str(copy)],
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": folder,
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
        )
        if run.returncode != 0:
            verdict(False, expected, (run.stderr.strip().splitlines() or ["borg échoue"])[-1])
        freed = before - size(copy / "data")
    if freed > SLACK:
        verdict(False, expected, f"{freed >> 10} Kio encore occupés par des données supprimées")
    verdict(True, expected, f"rien à libérer, le dépôt occupe {before >> 10} Kio")


os.umask(0o077)
{
    "sans-cle": without_key,
    "effacement": kept,
    "illisible": unreadable,
    "voisin": neighbour,
    "espace": compacted,
}[sys.argv[1]]()
