#!/usr/bin/env python3
"""Judge a Borg repository: encrypted, sound, compacted, and its exported key usable.

Usage: depot.py chiffre|sain|compact|cle REPOSITORY

Nothing of root's Borg cache or locks is touched: observing must not make the trainee's next
command wait or fail.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from lab_borg import PASSPHRASE, SIGNS, borg
from lab_borg_copy import compacted, config_of, copied
from lab_run import Done, reason
from lab_verdict import verdict

EXPORTED_KEY = Path("/root/borg-cle.txt")
CAUSES = {
    **SIGNS,
    "Connection closed by remote host": (
        "SSH n'aboutit pas sans intervention : clé refusée ou clé d'hôte inconnue"
    ),
    "IntegrityError": "les données du dépôt sont abîmées",
}


def why(done: Done) -> str:
    """Why a command failed, in words."""
    return reason(done, CAUSES)


def encrypted(repository: str) -> None:
    """The repository opens with the passphrase file, and its data are encrypted."""
    expected = f"{repository} est un dépôt chiffré que {PASSPHRASE} ouvre"
    run = borg("list", "--bypass-lock", "--json", repository, unencrypted=True)
    if run.returncode != 0:
        verdict(False, expected, why(run))
    mode = json.loads(run.stdout)["encryption"]["mode"]
    if not mode.startswith(("repokey", "keyfile")):
        verdict(
            False,
            expected,
            f"le mode de chiffrement est « {mode} » : les données sont en clair",
            "Un dépôt ne change pas de mode : supprimez-le et recréez-le avec "
            "--encryption=repokey.",
        )
    verdict(True, expected, f"ouvert, mode {mode}")


def sound(repository: str) -> None:
    """``borg check`` finds no error."""
    expected = f"borg check {repository} ne trouve aucune erreur"
    run = borg("check", "--bypass-lock", repository, unencrypted=True)
    verdict(run.returncode == 0, expected, "aucune erreur" if not run.returncode else why(run))


def shrunk(repository: str) -> None:
    """On a copy, ``borg compact`` has nothing left to free."""
    if not (Path(repository) / "config").is_file():
        expected = "l'espace des archives supprimées est rendu au disque"
        verdict(False, expected, f"aucun dépôt dans {repository}")
    compacted(Path(repository), why)


def key_opens(repository: str) -> None:
    """A copy of the repository that has lost its key opens with the exported one."""
    expected = f"{EXPORTED_KEY} rouvre une copie du dépôt privée de sa clé"
    source = Path(repository)
    if not EXPORTED_KEY.is_file():
        verdict(False, expected, f"{EXPORTED_KEY} n'existe pas")
    if not (source / "config").is_file():
        verdict(False, expected, f"aucun dépôt dans {repository}")
    header, _, body = EXPORTED_KEY.read_text(errors="replace").strip().partition("\n")
    config = config_of(source)
    section = config["repository"]
    match = re.fullmatch(r"BORG_KEY ([0-9a-f]{64})", header)
    if match is None:
        verdict(False, expected, "ce fichier n'est pas une clé exportée par borg key export")
    elif match[1] != section["id"]:
        verdict(False, expected, "cette clé est celle d'un autre dépôt")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy, keys = Path(folder) / "depot", Path(folder) / "cles"
        keys.mkdir()
        # What `borg key import` does, for either place where a key may live.
        if section.get("key"):
            section["key"] = "".join(body.split())
        else:
            shutil.copy(EXPORTED_KEY, keys / "cle")
        copied(source, copy, config)
        command = ("list", "--bypass-lock", "--json", str(copy))
        run = borg(*command, keys=str(keys), unencrypted=True)
    if run.returncode != 0:
        verdict(
            False,
            expected,
            why(run),
            "Exportez la clé à nouveau : elle date peut-être d'une autre phrase secrète.",
        )
    verdict(True, expected, "la copie s'est ouverte avec la clé exportée")


os.umask(0o077)
{"chiffre": encrypted, "sain": sound, "compact": shrunk, "cle": key_opens}[sys.argv[1]](sys.argv[2])
