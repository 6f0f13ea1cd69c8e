#!/usr/bin/env python3
"""Judge a Borg repository: encrypted, sound, compacted, and its exported key usable.

Usage: depot.py chiffre|sain|compact|cle REPOSITORY

Nothing of root's Borg cache or locks is touched: observing must not make the trainee's next
command wait or fail.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lab_verdict import verdict

PASSPHRASE = Path("/root/.borg-pass")
EXPORTED_KEY = Path("/root/borg-cle.txt")
SLACK = 64 << 10
"""Bytes that ``borg compact`` may free in a repository already compacted: old manifests."""


def borg(*args: str, keys: str = "/root/.config/borg/keys") -> subprocess.CompletedProcess[str]:
    """Run borg without a terminal, with a cache and a security folder of its own."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": keys,
            "BORG_PASSCOMMAND": f"cat {PASSPHRASE}",
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


def reason(run: subprocess.CompletedProcess[str]) -> str:
    """The last line that a failed command printed, with words for the usual causes."""
    text = run.stderr.strip()
    for sign, words in (
        ("Permission denied (", "le serveur SSH refuse la clé de root"),
        ("Host key verification failed", "la clé d'hôte du serveur n'est pas connue de root"),
        (
            "Connection closed by remote host",
            "SSH n'aboutit pas sans intervention : clé refusée ou clé d'hôte inconnue",
        ),
        ("passphrase supplied", "la phrase secrète n'est pas la bonne"),
        ("IntegrityError", "les données du dépôt sont abîmées"),
        ("BORG_PASSCOMMAND", f"{PASSPHRASE} n'est pas lisible"),
    ):
        if sign in text:
            return words
    return (text.splitlines() or [f"code de retour {run.returncode}"])[-1]


def encrypted(repository: str) -> None:
    """The repository opens with the passphrase file, and its data are encrypted."""
    expected = f"{repository} est un dépôt chiffré que {PASSPHRASE} ouvre"
    run = borg("list", "--bypass-lock", "--json", repository)
    if run.returncode != 0:
        verdict(False, expected, reason(run))
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
    run = borg("check", "--bypass-lock", repository)
    verdict(run.returncode == 0, expected, "aucune erreur" if not run.returncode else reason(run))


def size(folder: Path) -> int:
    """Bytes in the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def compacted(repository: str) -> None:
    """On a copy, ``borg compact`` has nothing left to free."""
    expected = "l'espace des archives supprimées est rendu au disque"
    if not (Path(repository) / "config").is_file():
        verdict(False, expected, f"aucun dépôt dans {repository}")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy = Path(folder) / "depot"
        shutil.copytree(repository, copy, ignore=shutil.ignore_patterns("lock.*"))
        config = configparser.ConfigParser(interpolation=None)
        config.read(copy / "config")
        # compact frees nothing in append-only mode, whatever there is to free.
        config["repository"]["append_only"] = "0"
        with (copy / "config").open("w") as stream:
            config.write(stream)
        before = size(copy / "data")
        run = borg("compact", str(copy))
        if run.returncode != 0:
            verdict(False, expected, reason(run))
        freed = before - size(copy / "data")
    if freed > SLACK:
        verdict(False, expected, f"{freed >> 10} Kio encore occupés par des données supprimées")
    verdict(True, expected, f"rien à libérer, le dépôt occupe {before >> 10} Kio")


def key_opens(repository: str) -> None:
    """A copy of the repository that has lost its key opens with the exported one."""
    expected = f"{EXPORTED_KEY} rouvre une copie du dépôt privée de sa clé"
    source = Path(repository)
    if not EXPORTED_KEY.is_file():
        verdict(False, expected, f"{EXPORTED_KEY} n'existe pas")
    if not (source / "config").is_file():
        verdict(False, expected, f"aucun dépôt dans {repository}")
    header, _, body = EXPORTED_KEY.read_text(errors="replace").strip().partition("\n")
    config = configparser.ConfigParser(interpolation=None)
    config.read(source / "config")
    section = config["repository"]
    match = re.fullmatch(r"BORG_KEY ([0-9a-f]{64})", header)
    if match is None:
        verdict(False, expected, "ce fichier n'est pas une clé exportée par borg key export")
    elif match[1] != section["id"]:
        verdict(False, expected, "cette clé est celle d'un autre dépôt")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy, keys = Path(folder) / "depot", Path(folder) / "cles"
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("lock.*"))
        keys.mkdir()
        # What `borg key import` does, for either place where a key may live.
        if section.get("key"):
            section["key"] = "".join(body.split())
        else:
            shutil.copy(EXPORTED_KEY, keys / "cle")
        with (copy / "config").open("w") as stream:
            config.write(stream)
        run = borg("list", "--bypass-lock", "--json", str(copy), keys=str(keys))
    if run.returncode != 0:
        verdict(
            False,
            expected,
            reason(run),
            "Exportez la clé à nouveau : elle date peut-être d'une autre phrase secrète.",
        )
    verdict(True, expected, "la copie s'est ouverte avec la clé exportée")


os.umask(0o077)
{"chiffre": encrypted, "sain": sound, "compact": compacted, "cle": key_opens}[sys.argv[1]](
    sys.argv[2]
)
