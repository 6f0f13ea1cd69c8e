#!/usr/bin/env python3
"""Judge, from srv, what its key may do with the shared repository, and what it reads there.

Usage: client.py archive|export|voisin|terminal|effacement|cle|retour|memoire

Nothing of root's Borg cache or locks is touched: observing must not make the trainee's next
command wait or fail.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/parc"
NEIGHBOUR = "ssh://borg@sauvegarde/srv/borg/voisin"
PASSPHRASE = Path("/root/.borg-pass")
EXPORTED_KEY = Path("/root/cle-parc.txt")
NOTE = Path("/var/lib/pcapra/archives.json")
SSH = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15"]
CONTRACT = f"srv/www/{os.environ['PCAPRA_CLIENT']}/contrat.txt"


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def borg(*args: str, memory: bool = False) -> subprocess.CompletedProcess[bytes]:
    """Run borg with a cache and a security folder of its own, or a copy of root's ``memory``."""
    with tempfile.TemporaryDirectory() as base:
        config = Path("/root/.config/borg")
        if memory and config.is_dir():
            shutil.copytree(config, Path(base) / ".config/borg")
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": f"cat {PASSPHRASE}",
            "BORG_RSH": " ".join(SSH),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        return subprocess.run(
            ["/usr/bin/env", "borg", *args],
            env=env,
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
        )


def reason(run: subprocess.CompletedProcess[bytes]) -> str:
    """The last line that a failed command printed, with words for the usual causes."""
    text = run.stderr.decode(errors="replace").strip()
    for sign, words in (
        ("Permission denied (", "le serveur SSH refuse la clé de root"),
        ("not allowed", "le serveur refuse ce dépôt à la clé de srv"),
        ("does not exist", "il n'y a pas de dépôt /srv/borg/parc sur sauvegarde"),
        ("passphrase supplied", "la phrase secrète n'ouvre pas la clé du dépôt"),
        ("newer than repository", "Borg refuse un dépôt plus ancien que son souvenir"),
        ("Connection closed by remote host", "la connexion se ferme avant que Borg ne réponde"),
    ):
        if sign in text:
            return words
    return (text.splitlines() or [f"code de retour {run.returncode}"])[-1]


def listed(expected: str, *, memory: bool = False) -> dict[str, str]:
    """The identifiers of the archives by name, oldest first."""
    run = borg("list", "--bypass-lock", "--json", REPOSITORY, memory=memory)
    if run.returncode != 0:
        verdict(False, expected, reason(run))
    report = json.loads(run.stdout)
    if not report["encryption"]["mode"].startswith(("repokey", "keyfile")):
        verdict(False, expected, "les données sont en clair : aucun chiffrement")
    return {archive["name"]: archive["id"] for archive in report["archives"]}


def contract(archive: str) -> str:
    """The SHA-256 of the contract in an archive."""
    run = borg("extract", "--bypass-lock", "--stdout", f"{REPOSITORY}::{archive}", CONTRACT)
    return hashlib.sha256(run.stdout).hexdigest()


def original() -> str:
    """The SHA-256 that the contract must have."""
    return hashlib.sha256(os.environ["PCAPRA_CANARY"].encode()).hexdigest()


def archived() -> None:
    """The shared repository is encrypted and its newest archive of srv holds the site."""
    expected = "srv-<date> dans /srv/borg/parc, chiffrée, avec le site du client"
    names = [name for name in listed(expected) if re.match(r"srv-\d{4}-", name)]
    if not names:
        verdict(False, expected, "le dépôt s'ouvre, sans archive nommée srv-<date>")
    ok = contract(names[-1]) == original()
    verdict(ok, expected, f"{names[-1]} : " + ("le contrat y est" if ok else "le contrat manque"))


def exported() -> None:
    """The exported key is this repository's, as it is now."""
    expected = f"{EXPORTED_KEY}, lisible par root seul, est la clé actuelle du dépôt"
    if not EXPORTED_KEY.is_file():
        verdict(False, expected, f"{EXPORTED_KEY} n'existe pas")
    if EXPORTED_KEY.stat().st_mode & 0o077:
        verdict(False, expected, "d'autres comptes que root la lisent")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "cle"
        run = borg("key", "export", REPOSITORY, str(fresh))
        if run.returncode != 0:
            verdict(False, expected, reason(run))
        same = fresh.read_text().split() == EXPORTED_KEY.read_text(errors="replace").split()
    verdict(same, expected, "c'est la bonne" if same else "ce n'est pas la clé de ce dépôt")


def neighbour() -> None:
    """srv's key does not open the repository of another customer."""
    expected = "la clé de srv n'ouvre pas /srv/borg/voisin"
    opened = borg("list", "--bypass-lock", NEIGHBOUR).returncode == 0
    verdict(not opened, expected, "elle l'ouvre" if opened else "le serveur refuse")


def shell() -> None:
    """srv's key gives neither a shell nor a tunnel."""
    expected = "la clé de srv ne donne ni commande, ni tunnel sur sauvegarde"
    token = secrets.token_hex(8)
    found = []
    command = subprocess.run(
        [*SSH, "borg@sauvegarde", f"echo {token} | rev"],
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=40,
    )
    if token[::-1] in command.stdout:
        found.append("elle exécute une commande")
    tunnel = subprocess.run(
        [*SSH, "-W", "127.0.0.1:22", "borg@sauvegarde"],
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=40,
    )
    if "SSH-2.0" in tunnel.stdout:
        found.append("elle ouvre un tunnel")
    verdict(not found, expected, " et ".join(found) or "les deux sont refusés")


def deleted() -> None:
    """srv's key creates an archive and deletes it. The machine sauvegarde says what is left."""
    expected = "la clé de srv crée une archive, puis la supprime : le dépôt est à l'essai"
    name = f"temoin-{secrets.token_hex(6)}"
    with tempfile.TemporaryDirectory() as folder:
        witness = Path(folder) / "temoin.bin"
        witness.write_bytes(os.urandom(1 << 20))
        wait = ("--lock-wait", "60")
        place = f"{REPOSITORY}::{name}"
        steps = (
            ("create", *wait, "--files-cache", "disabled", place, str(witness)),
            ("delete", *wait, place),
            ("compact", *wait, "--threshold", "0", REPOSITORY),
        )
        for step in steps:
            run = borg(*step)
            if run.returncode != 0:
                verdict(False, expected, f"borg {step[0]} : {reason(run)}")
    verdict(True, expected, "1 Mio écrit, supprimé, compacté par la clé de srv")


def key_back() -> None:
    """The repository opens with the phrase of the file."""
    expected = f"la phrase de {PASSPHRASE} ouvre de nouveau le dépôt"
    listed(expected)
    verdict(True, expected, "le dépôt s'ouvre")


def archives_back() -> None:
    """All the archives that the attack deleted are there, the same ones, and readable."""
    expected = "toutes les archives d'avant l'attaque sont là, et se lisent"
    if not NOTE.is_file():
        verdict(False, expected, "l'attaque n'a pas encore eu lieu")
    before = {a["name"]: a["id"] for a in json.loads(NOTE.read_text())["archives"]}
    now = listed(expected)
    lost = [name for name, identity in before.items() if now.get(name) != identity]
    if lost:
        verdict(False, expected, f"{len(lost)} archive(s) perdue(s) sur {len(before)}")
    newest = [name for name in before if re.match(r"srv-\d{4}-", name)][-1]
    ok = contract(newest) == original()
    observed = f"{len(before)} retrouvée(s)" + ("" if ok else f", et {newest} ne se lit pas")
    verdict(ok, expected, observed)


def remembered() -> None:
    """srv's own Borg accepts the repository that went back in time."""
    expected = "Borg, avec sa mémoire de srv, accepte le dépôt"
    listed(expected, memory=True)
    verdict(True, expected, "accepté")


{
    "archive": archived,
    "export": exported,
    "voisin": neighbour,
    "terminal": shell,
    "effacement": deleted,
    "cle": key_back,
    "retour": archives_back,
    "memoire": remembered,
}[sys.argv[1]]()
