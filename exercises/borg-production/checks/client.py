#!/usr/bin/env python3
"""Judge, from srv, what its key may do with the shared repository, and what it reads there.

Usage: client.py archive|export|bornee|effacement|cle|retour|memoire

Borg's own classes in this process, over one connection: starting ``borg`` again and again would
cost minutes on an emulated machine. Nothing of root's cache or locks is touched: observing must
not make the trainee's next command wait or fail.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from binascii import hexlify
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from lab_borg import environment
from lab_borg_access import excess, written
from lab_borg_repository import WORDS, manifest_of, opened
from lab_run import last_line, run
from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/parc"
NEIGHBOUR = "/srv/borg/voisin"
EXPORTED_KEY = Path("/root/cle-parc.txt")
NOTE = Path("/var/lib/pcapra/archives.json")
CONTRACT = f"srv/www/{os.environ['PCAPRA_CLIENT']}/contrat.txt"
PATIENCE = 15
"""Seconds to wait for the SSH server."""
CAUSES = {
    **WORDS,
    "PassphraseWrong": "la phrase secrète n'ouvre pas la clé du dépôt",
    "KeyfileNotFoundError": "la clé de chiffrement n'est pas sur srv",
    "PathNotAllowed": "le serveur refuse ce dépôt à la clé de srv",
    "DoesNotExist": "il n'y a pas de dépôt /srv/borg/parc sur sauvegarde",
    "InvalidRepository": "/srv/borg/parc, sur sauvegarde, n'est pas un dépôt",
    "Permission denied": "le compte borg n'a pas le droit d'écrire dans ce dépôt",
    "StorageQuotaExceeded": "le quota que sauvegarde accorde à cette clé est dépassé",
}


def connected(expected: str) -> AbstractContextManager[Any]:
    """The repository, to be read."""
    return opened(REPOSITORY, expected, CAUSES, patience=PATIENCE, lock=False)


def listed(repository: Any, expected: str) -> tuple[dict[str, str], Any]:
    """The identifiers of the archives by name, oldest first, and what opens one."""
    from borg.archive import Archive

    manifest, key = manifest_of(repository)
    if not key.ARG_NAME.startswith(("repokey", "keyfile")):
        verdict(False, expected, "les données sont en clair : aucun chiffrement")
    infos = manifest.archives.list(sort_by=["ts"])
    names = {str(info.name): hexlify(info.id).decode() for info in infos}
    return names, lambda name: Archive(repository, key, manifest, name)


def has_contract(archive: Any) -> bool:
    """The contract is in an archive, byte for byte."""
    digest = hashlib.sha256()
    for item in archive.iter_items(lambda item: item.path == CONTRACT):
        for data in archive.pipeline.fetch_many([chunk.id for chunk in item.chunks]):
            digest.update(data)
    return digest.digest() == hashlib.sha256(os.environ["PCAPRA_CANARY"].encode()).digest()


def archived() -> None:
    """The shared repository is encrypted and its newest archive of srv holds the site."""
    expected = "srv-<date> dans /srv/borg/parc, chiffrée, avec le site du client"
    with connected(expected) as repository:
        names, archive = listed(repository, expected)
        own = [name for name in names if re.match(r"srv-\d{4}-", name)]
        if not own:
            verdict(False, expected, "le dépôt s'ouvre, sans archive nommée srv-<date>")
        ok = has_contract(archive(own[-1]))
    verdict(ok, expected, f"{own[-1]} : " + ("le contrat y est" if ok else "le contrat manque"))


def exported() -> None:
    """The exported key is this repository's, as it is now."""
    expected = f"{EXPORTED_KEY}, lisible par root seul, est la clé actuelle du dépôt"
    if not EXPORTED_KEY.is_file():
        verdict(False, expected, f"{EXPORTED_KEY} n'existe pas")
    if EXPORTED_KEY.stat().st_mode & 0o077:
        verdict(False, expected, "d'autres comptes que root la lisent")
    with connected(expected) as repository:
        from borg.crypto.keymanager import KeyManager

        manager = KeyManager(repository)
        manager.load_keyblob()
        identity = hexlify(repository.id).decode()
    wanted = ["BORG_KEY", identity, *manager.keyblob.split()]
    same = EXPORTED_KEY.read_text(errors="replace").split() == wanted
    verdict(same, expected, "c'est la bonne" if same else "ce n'est pas la clé de ce dépôt")


def bounded() -> None:
    """srv's key gives neither a shell, nor a tunnel, nor another customer's repository."""
    expected = "la clé de srv n'ouvre ni commande, ni tunnel, ni /srv/borg/voisin"
    match excess(NEIGHBOUR, patience=PATIENCE):
        case "tunnel":
            verdict(
                False,
                expected,
                "elle ouvre un tunnel",
                "Le mot `restrict`, devant la clé, interdit tunnels et terminaux.",
            )
        case "commande":
            verdict(False, expected, "elle exécute une commande")
        case "depot":
            verdict(
                False,
                expected,
                f"le serveur a accepté de chercher {NEIGHBOUR}",
                "`--restrict-to-repository /srv/borg/parc`, et rien de plus large.",
            )
    verdict(True, expected, "les trois sont refusés")


def deleted() -> None:
    """srv's key writes an object, deletes it and compacts; see serveur.py survie."""
    expected = "la clé de srv écrit dans le dépôt, puis croit effacer"
    written(REPOSITORY, expected, CAUSES, lock_wait=60, patience=PATIENCE)


def key_back() -> None:
    """The repository opens with the phrase of the file."""
    expected = "la phrase de /root/.borg-pass ouvre de nouveau le dépôt"
    with connected(expected) as repository:
        listed(repository, expected)
    verdict(True, expected, "le dépôt s'ouvre")


def archives_back() -> None:
    """All the archives that the attack deleted are there, the same ones, and readable."""
    expected = "toutes les archives d'avant l'attaque sont là, et se lisent"
    if not NOTE.is_file():
        verdict(False, expected, "l'attaque n'a pas encore eu lieu")
    before = {a["name"]: a["id"] for a in json.loads(NOTE.read_text())["archives"]}
    with connected(expected) as repository:
        now, archive = listed(repository, expected)
        lost = [name for name, identity in before.items() if now.get(name) != identity]
        if lost:
            verdict(False, expected, f"{len(lost)} archive(s) perdue(s) sur {len(before)}")
        newest = [name for name in before if re.match(r"srv-\d{4}-", name)][-1]
        ok = has_contract(archive(newest))
    observed = f"{len(before)} retrouvée(s)" + ("" if ok else f", et {newest} ne se lit pas")
    verdict(ok, expected, observed)


def remembered() -> None:
    """srv's own Borg accepts the repository that went back in time."""
    expected = "Borg, avec sa mémoire de srv, accepte le dépôt"
    with tempfile.TemporaryDirectory() as base:
        # A copy of what it remembers: looking must not make it remember more.
        config = Path("/root/.config/borg")
        if config.is_dir():
            shutil.copytree(config, Path(base) / ".config/borg")
        command = ("/usr/bin/env", "borg", "list", "--bypass-lock", "--short", REPOSITORY)
        done = run(*command, env=environment(base, patience=PATIENCE))
    said = last_line(done.stderr, f"code de retour {done.returncode}")
    if "newer than repository" in done.stderr:
        said = "Borg refuse un dépôt plus ancien que son souvenir"
    verdict(done.returncode == 0, expected, "accepté" if done.returncode == 0 else said)


os.umask(0o077)
{
    "archive": archived,
    "export": exported,
    "bornee": bounded,
    "effacement": deleted,
    "cle": key_back,
    "retour": archives_back,
    "memoire": remembered,
}[sys.argv[1]]()
