#!/usr/bin/env python3
"""Judge, from srv, what its key may do with the shared repository, and what it reads there.

Usage: client.py archive|export|bornee|effacement|cle|retour|memoire

Borg's own classes in this process, over one connection: starting ``borg`` again and again would
cost minutes on an emulated machine. Nothing of root's cache or locks is touched: observing must
not make the trainee's next command wait or fail.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from binascii import hexlify
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/parc"
NEIGHBOUR = "/srv/borg/voisin"
EXPORTED_KEY = Path("/root/cle-parc.txt")
NOTE = Path("/var/lib/pcapra/archives.json")
SSH = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15"]
CONTRACT = f"srv/www/{os.environ['PCAPRA_CLIENT']}/contrat.txt"
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "BORG_KEYS_DIR": "/root/.config/borg/keys",
    "BORG_PASSCOMMAND": "cat /root/.borg-pass",
    "BORG_RSH": " ".join(SSH),
}
WORDS = {
    "PassphraseWrong": "la phrase secrète n'ouvre pas la clé du dépôt",
    "KeyfileNotFoundError": "la clé de chiffrement n'est pas sur srv",
    "IntegrityError": "un bloc est abîmé",
    "ObjectNotFound": "un bloc a disparu du dépôt",
    "ConnectionClosed": "SSH n'aboutit pas sans intervention",
    "ConnectionClosedWithHint": "SSH n'aboutit pas sans intervention",
    "PathNotAllowed": "le serveur refuse ce dépôt à la clé de srv",
    "DoesNotExist": "il n'y a pas de dépôt /srv/borg/parc sur sauvegarde",
    "InvalidRepository": "/srv/borg/parc, sur sauvegarde, n'est pas un dépôt",
    "Permission denied": "le compte borg n'a pas le droit d'écrire dans ce dépôt",
    "StorageQuotaExceeded": "le quota que sauvegarde accorde à cette clé est dépassé",
}


@contextmanager
def connected(expected: str, **wanted: Any) -> Iterator[Any]:
    """The repository as root would open it; what goes wrong on the way is the trainee's."""
    with tempfile.TemporaryDirectory() as base:
        os.environ |= ENVIRONMENT | {"BORG_BASE_DIR": base}
        from borg.helpers import Location
        from borg.logger import setup_logging
        from borg.remote import RemoteRepository

        setup_logging(level="critical")
        options = argparse.Namespace(
            remote_path=None, umask=0o077, log_level="critical", debug_topics=[], rsh=None,
            show_rc=False, upload_ratelimit=None, upload_buffer=None, remote_ratelimit=None,
            remote_buffer=None,
        )  # fmt: skip
        try:
            with RemoteRepository(Location(REPOSITORY), args=options, **wanted) as repository:
                yield repository
        except Exception as error:
            kind = type(error).__name__
            said = " ".join(str(error).split()) or kind
            # What the server alone knows of comes as text, the exception's name within.
            words = next((words for name, words in WORDS.items() if name in said), said[:200])
            verdict(False, expected, WORDS.get(kind, words))


def listed(repository: Any, expected: str) -> tuple[dict[str, str], Any]:
    """The identifiers of the archives by name, oldest first, and what opens one."""
    from borg.archive import Archive
    from borg.helpers import Manifest

    manifest, key = Manifest.load(repository, (Manifest.Operation.READ,))
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
    with connected(expected, lock=False) as repository:
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
    with connected(expected, lock=False) as repository:
        from borg.crypto.keymanager import KeyManager

        manager = KeyManager(repository)
        manager.load_keyblob()
        identity = hexlify(repository.id).decode()
    wanted = ["BORG_KEY", identity, *manager.keyblob.split()]
    same = EXPORTED_KEY.read_text(errors="replace").split() == wanted
    verdict(same, expected, "c'est la bonne" if same else "ce n'est pas la clé de ce dépôt")


def asked(repository: str) -> bytes:
    """What Borg's client says to open a repository (see RemoteRepository in borg/remote.py)."""
    import msgpack

    arguments = {"path": repository, "create": False, "lock_wait": 1, "lock": False}
    messages = (
        {"i": 1, "m": "negotiate", "a": {"client_data": {"client_version": (1, 2, 4)}}},
        {"i": 2, "m": "open", "a": arguments | {"exclusive": False, "append_only": False}},
    )
    return b"".join(msgpack.packb(message, use_bin_type=False) for message in messages)


def ssh(*args: str, given: bytes = b"") -> tuple[str, str]:
    """What a connection as the account borg says, on both outputs."""
    done = subprocess.run([*SSH, *args], input=given, check=False, capture_output=True, timeout=60)
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def bounded() -> None:
    """srv's key gives neither a shell, nor a tunnel, nor another customer's repository."""
    expected = "la clé de srv n'ouvre ni commande, ni tunnel, ni /srv/borg/voisin"
    if ssh("-W", "127.0.0.1:22", "borg@sauvegarde")[0].startswith("SSH-"):
        verdict(
            False,
            expected,
            "elle ouvre un tunnel",
            "Le mot `restrict`, devant la clé, interdit tunnels et terminaux.",
        )
    # One connection for both: a shell runs what is between the quotes, while a forced `borg serve`
    # skips assignments in what the client asks for, and answers the messages.
    command = 'X="$(cat /etc/passwd >&2)" borg serve'
    said, wrong = ssh("borg@sauvegarde", command, given=asked(NEIGHBOUR))
    if "root:" in wrong:
        verdict(False, expected, "elle exécute une commande")
    if "PathNotAllowed" not in said:
        verdict(
            False,
            expected,
            f"le serveur a accepté de chercher {NEIGHBOUR}",
            "`--restrict-to-repository /srv/borg/parc`, et rien de plus large.",
        )
    verdict(True, expected, "les trois sont refusés")


def deleted() -> None:
    """srv's key writes an object, deletes it and compacts: what a thief would do.

    Whether the deletion had an effect is read on the server (serveur.py survie).
    """
    expected = "la clé de srv écrit dans le dépôt, puis croit effacer"
    marker = hashlib.sha256(f"{os.environ['PCAPRA_CLIENT']}-sonde".encode()).digest()
    with connected(expected, exclusive=True, lock_wait=60) as repository:
        # One transaction: nothing is left for `borg check` to complain of.
        repository.put(marker, marker * 512)
        repository.delete(marker)
        repository.commit(compact=True)
    verdict(True, expected, "écrit, puis effacement demandé")


def key_back() -> None:
    """The repository opens with the phrase of the file."""
    expected = "la phrase de /root/.borg-pass ouvre de nouveau le dépôt"
    with connected(expected, lock=False) as repository:
        listed(repository, expected)
    verdict(True, expected, "le dépôt s'ouvre")


def archives_back() -> None:
    """All the archives that the attack deleted are there, the same ones, and readable."""
    expected = "toutes les archives d'avant l'attaque sont là, et se lisent"
    if not NOTE.is_file():
        verdict(False, expected, "l'attaque n'a pas encore eu lieu")
    before = {a["name"]: a["id"] for a in json.loads(NOTE.read_text())["archives"]}
    with connected(expected, lock=False) as repository:
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
        run = subprocess.run(
            ["/usr/bin/env", "borg", "list", "--bypass-lock", "--short", REPOSITORY],
            env=ENVIRONMENT | {"BORG_BASE_DIR": base},
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
        )
    said = (run.stderr.strip().splitlines() or [f"code de retour {run.returncode}"])[-1]
    if "newer than repository" in run.stderr:
        said = "Borg refuse un dépôt plus ancien que son souvenir"
    verdict(run.returncode == 0, expected, "accepté" if run.returncode == 0 else said)


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
