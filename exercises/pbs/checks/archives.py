#!/usr/bin/env python3
"""Judge srv's archives, through the client's own access.

Usage: archives.py contenu | economie | facteur | sain | touchees | presentes NOTE
"""

import hashlib
import json
import os
import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab_borg_repository import WORDS, manifest_of, opened
from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
CLIENT = os.environ["PCAPRA_CLIENT"]
FOLDER = f"srv/vm/{CLIENT}"
NOTES = Path("/var/lib/pcapra")
FACTOR = Path("/root/facteur-deduplication.txt")
AFFECTED = Path("/root/archives-touchees.txt")
DISK = 4 << 20
MOST = DISK + DISK // 4
"""What two identical disks and a few changed blocks may weigh, each block being stored once."""

CAUSES = {
    **WORDS,
    "KeyfileNotFoundError": "la clé de chiffrement n'est pas sur srv",
    "PassphraseWrong": "la phrase secrète n'est pas la bonne",
    "PathNotAllowed": "le serveur refuse ce dépôt à cette clé",
    "DoesNotExist": "le dépôt n'existe pas",
    "InvalidRepository": "ce dossier n'est pas un dépôt",
}


class Archives:
    """The repository, read by Borg's own classes in this process, without a lock.

    One connection: starting `borg` for each archive would cost minutes on an emulated machine.
    Root's Borg cache is left alone.
    """

    def __init__(self, repository: Any, manifest: Any, key: Any) -> None:
        self._open = (repository, key, manifest)
        self._manifest = manifest
        infos = manifest.archives.list(sort_by=["ts"])
        self.names = [str(info.name) for info in infos]
        """Oldest first."""

    def whole(self) -> bool:
        """What ``borg check --verify-data`` looks at: every segment, every chunk, every archive."""
        from borg.archive import ArchiveChecker

        remote = self._open[0]
        return bool(
            remote.check(repair=False)
            and ArchiveChecker().check(remote, sort_by="ts", verify_data=True)
        )

    def items(self, name: str) -> Iterator[Any]:
        """What an archive holds."""
        from borg.archive import Archive

        yield from Archive(*self._open, name).iter_items()

    def sha256(self, name: str, item: Any) -> str:
        """The digest of a file's content, which is read and authenticated."""
        from borg.archive import Archive

        digest = hashlib.sha256()
        chunks = [chunk.id for chunk in item.chunks]
        for data in Archive(*self._open, name).pipeline.fetch_many(chunks):
            digest.update(data)
        return digest.hexdigest()


@contextmanager
def archives(expected: str) -> Iterator[Archives]:
    """The archives as root would read them."""
    with opened(REPOSITORY, expected, CAUSES, lock=False) as repository:
        yield Archives(repository, *manifest_of(repository))


def planted() -> dict[str, str]:
    """SHA-256 of what is to be saved: as setup/machines.sh made it, and the nights since."""
    template = random.Random(f"{CLIENT}-modele").randbytes(DISK)
    disk = bytearray(template)
    block = 64 << 10
    disk[10 * block : 11 * block] = random.Random(f"{CLIENT}-nuit1").randbytes(block)
    if (NOTES / "abimee.json").is_file():
        disk[30 * block : 31 * block] = random.Random(f"{CLIENT}-nuit2").randbytes(block)
    conf = f"name: {CLIENT}\nuuid: {os.environ['PCAPRA_MARQUE']}\n".encode()
    contents = {
        "modele.raw": template,
        "disque.raw": bytes(disk),
        "vm.conf": conf,
        "contrat.txt": os.environ["PCAPRA_CANARY"].encode(),
    }
    return {f"{FOLDER}/{name}": hashlib.sha256(data).hexdigest() for name, data in contents.items()}


def content() -> None:
    """The newest archive is srv's, and holds the disks as they are now."""
    expected = f"la dernière archive, nommée srv-…, contient /{FOLDER} tel qu'il est à présent"
    with archives(expected) as repository:
        if not repository.names:
            verdict(False, expected, "le dépôt ne contient aucune archive")
        name = repository.names[-1]
        if not name.startswith("srv-"):
            verdict(False, expected, f"la dernière archive s'appelle {name}")
        found = {item.path: item for item in repository.items(name)}
        for path, digest in planted().items():
            if path not in found:
                verdict(False, expected, f"{name} : {path} manque")
            if "chunks_healthy" in found[path]:
                verdict(False, expected, f"{name} : {path} a des blocs perdus")
            if repository.sha256(name, found[path]) != digest:
                verdict(False, expected, f"{name} : {path} n'est pas celui d'aujourd'hui")
    verdict(True, expected, f"{name} : tout y est")


def sizes(repository: Archives) -> tuple[int, int]:
    """Bytes of all files of all archives, and of their chunks counted once."""
    total, unique = 0, {}
    for name in repository.names:
        for item in repository.items(name):
            for chunk in item.get("chunks") or ():
                total += chunk.size
                unique[chunk.id] = chunk.size
    return total, sum(unique.values())


def saving() -> None:
    """Two archives of two disks weigh about one disk."""
    expected = f"au moins deux archives, et au plus {MOST >> 10} Kio de blocs distincts"
    with archives(expected) as repository:
        count = len(repository.names)
        total, unique = sizes(repository)
    observed = f"{count} archives, {unique >> 10} Kio de blocs distincts"
    if count < 2 or total < 3 * DISK:
        verdict(False, expected, observed, "Il faut deux sauvegardes de /srv/vm, avant et après.")
    hint = (
        "Un disque se découpe en blocs de taille fixe : `--chunker-params fixed,65536`. Les "
        "archives déjà faites autrement sont à retirer, ou le dépôt à refaire."
    )
    ok = unique <= MOST
    verdict(ok, expected, observed, "" if ok else hint)


def factor() -> None:
    """The factor that the trainee wrote down is the repository's."""
    expected = f"{FACTOR} donne le facteur de déduplication du dépôt, à 5 % près"
    if not FACTOR.is_file():
        verdict(False, expected, f"{FACTOR} n'existe pas")
    text = FACTOR.read_text(errors="replace").strip().replace(",", ".")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)", text)
    if match is None:
        verdict(False, expected, f"« {text[:40]} » n'est pas un nombre seul")
    with archives(expected) as repository:
        total, unique = sizes(repository)
    real = total / max(unique, 1)
    ok = abs(float(match[1]) - real) <= real * 0.05
    hint = "Taille de toutes les archives, divisée par celle des blocs distincts : `borg info`."
    verdict(ok, expected, f"vous avez noté {text}", "" if ok else hint)


def note(expected: str, name: str) -> dict[str, object]:
    """What a setup wrote down for the checks."""
    path = NOTES / name
    if not path.is_file():
        verdict(False, expected, "la mise en scène de l'étape n'a pas eu lieu")
    return dict(json.loads(path.read_text()))


def sound() -> None:
    """Every chunk is read, deciphered and authenticated; no file has lost any."""
    expected = "`borg check --verify-data` ne trouve rien, et aucune archive n'a de bloc perdu"
    with archives(expected) as repository:
        for name in repository.names:
            for item in repository.items(name):
                if "chunks_healthy" in item:
                    verdict(
                        False,
                        expected,
                        f"{name} : {item.path} a des blocs remplacés par des zéros",
                        "Les blocs sont encore sur srv : une nouvelle sauvegarde les renvoie, et "
                        "un second `borg check --repair` les rend aux archives.",
                    )
        if not repository.whole():
            verdict(False, expected, "un bloc manque, ou n'est plus celui qui fut écrit")
    verdict(True, expected, "tout se lit, tout est authentique")


def affected() -> None:
    """The trainee named the archives that the damaged chunk is part of."""
    expected = f"{AFFECTED} nomme les archives touchées, toutes et elles seules"
    planned = note(expected, "abimee.json")
    if not AFFECTED.is_file():
        verdict(False, expected, f"{AFFECTED} n'existe pas")
    said = set(AFFECTED.read_text(errors="replace").split())
    before = [str(name) for name in planned["avant"]]  # type: ignore[union-attr]
    if planned["abimee"] not in said:
        verdict(False, expected, "une archive touchée n'y est pas")
    wrong = sorted(said & set(before) - {planned["abimee"]})
    if wrong:
        verdict(False, expected, f"{wrong[0]} se restaure pourtant sans erreur")
    # Archives made since, and before the repair, may lean on the damaged chunk as well.
    later = said - set(before)
    if later:
        with archives(expected) as repository:
            strangers = sorted(later - set(repository.names))
        if strangers:
            verdict(False, expected, f"« {strangers[0]} » n'est pas une archive du dépôt")
    verdict(True, expected, f"{len(said)} nommée(s)")


def present(name: str) -> None:
    """All the archives of a note are still listed."""
    expected = "toutes les archives d'avant sont là"
    noted = note(expected, name)
    if "avant" in noted:
        before = {str(archive) for archive in noted["avant"]}  # type: ignore[union-attr]
    else:
        before = {str(archive["name"]) for archive in noted["archives"]}  # type: ignore[union-attr]
    with archives(expected) as repository:
        lost = sorted(before - set(repository.names))
    observed = f"disparues : {len(lost)}, dont {lost[0]}" if lost else f"{len(before)} présentes"
    verdict(not lost, expected, observed)


os.umask(0o077)
{
    "contenu": content,
    "economie": saving,
    "facteur": factor,
    "sain": sound,
    "touchees": affected,
    "presentes": present,
}[sys.argv[1]](*sys.argv[2:])
