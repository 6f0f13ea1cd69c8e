#!/usr/bin/env python3
"""Judge srv's archives, through the client's own access.

Usage: archives.py contenu | economie | facteur | sain | touchees | presentes NOTE
"""

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
CLIENT = os.environ["PCAPRA_CLIENT"]
FOLDER = f"srv/vm/{CLIENT}"
NOTES = Path("/var/lib/pcapra")
FACTOR = Path("/root/facteur-deduplication.txt")
AFFECTED = Path("/root/archives-touchees.txt")
DISK = 4 << 20
MOST = DISK + DISK // 4
"""What two identical disks and a few changed blocks may weigh, each block being stored once."""


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def borg(*args: str) -> subprocess.CompletedProcess[str]:
    """Run borg without a terminal, with a cache and a security folder of its own."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": "cat /root/.borg-pass",
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


def last_line(run: subprocess.CompletedProcess[str]) -> str:
    """What a failed command said last, with words for the usual causes."""
    for sign, words in (
        ("IntegrityError", "un bloc est abîmé"),
        ("not found in repository", "un bloc a disparu du dépôt"),
        ("errors found", "des erreurs dans le dépôt"),
        ("problems found", "des archives ont perdu des blocs"),
        ("No key file", "la clé de chiffrement n'est pas sur srv"),
        ("ReplayAttack", "le dépôt est plus ancien que ce que srv en a retenu"),
    ):
        if sign in run.stderr:
            return words
    return (run.stderr.strip().splitlines() or [f"code de retour {run.returncode}"])[-1]


def archives(expected: str) -> list[str]:
    """The names of the archives, oldest first."""
    run = borg("list", "--bypass-lock", "--json", REPOSITORY)
    if run.returncode != 0:
        verdict(False, expected, last_line(run))
    return [str(archive["name"]) for archive in json.loads(run.stdout)["archives"]]


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
    names = archives(expected)
    if not names:
        verdict(False, expected, "le dépôt ne contient aucune archive")
    name = names[-1]
    if not name.startswith("srv-"):
        verdict(False, expected, f"la dernière archive s'appelle {name}")
    run = borg(
        "list", "--bypass-lock", "--json-lines", "--format", "{path}{sha256}",
        f"{REPOSITORY}::{name}",
    )  # fmt: skip
    if run.returncode != 0:
        # A chunk that cannot be read: borg stops there.
        verdict(False, expected, f"{name} ne se lit pas jusqu'au bout : {last_line(run)}")
    found = {item["path"]: item for item in map(json.loads, run.stdout.splitlines())}
    for path, digest in planted().items():
        if path not in found:
            verdict(False, expected, f"{name} : {path} manque")
        if not found[path]["healthy"]:
            verdict(False, expected, f"{name} : {path} a des blocs perdus")
        if found[path]["sha256"] != digest:
            verdict(False, expected, f"{name} : {path} n'est pas celui d'aujourd'hui")
    verdict(True, expected, f"{name} : tout y est")


def stats(expected: str) -> dict[str, int]:
    """The repository's sizes, as `borg info` gives them."""
    run = borg("info", "--json", REPOSITORY)
    if run.returncode != 0:
        verdict(False, expected, last_line(run))
    return dict(json.loads(run.stdout)["cache"]["stats"])


def saving() -> None:
    """Two archives of two disks weigh about one disk."""
    expected = f"au moins deux archives, et au plus {MOST >> 10} Kio de blocs distincts"
    names = archives(expected)
    sizes = stats(expected)
    observed = f"{len(names)} archives, {sizes['unique_size'] >> 10} Kio de blocs distincts"
    if len(names) < 2 or sizes["total_size"] < 3 * DISK:
        verdict(False, expected, observed, "Il faut deux sauvegardes de /srv/vm, avant et après.")
    hint = (
        "Un disque se découpe en blocs de taille fixe : `--chunker-params fixed,65536`. Les "
        "archives déjà faites autrement sont à retirer, ou le dépôt à refaire."
    )
    ok = sizes["unique_size"] <= MOST
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
    sizes = stats(expected)
    real = sizes["total_size"] / max(sizes["unique_size"], 1)
    ok = abs(float(match[1]) - real) <= real * 0.05
    hint = "Taille de toutes les archives, divisée par celle des blocs distincts : `borg info`."
    verdict(ok, expected, f"vous avez noté {text}", "" if ok else hint)


def note(expected: str, name: str) -> dict[str, object]:
    """What a setup wrote down for the checks."""
    path = NOTES / name
    if not path.is_file():
        verdict(False, expected, "la mise en scène de l'étape n'a pas eu lieu")
    return dict(json.loads(path.read_text()))


def lost() -> Iterator[tuple[str, str]]:
    """Archives and their files of which a chunk was replaced by zeros.

    Borg's own classes, in this process: starting `borg list` for each archive would cost minutes
    on an emulated machine.
    """
    with tempfile.TemporaryDirectory() as base:
        os.environ |= {
            "HOME": "/root",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": "cat /root/.borg-pass",
            "BORG_RSH": "ssh -o BatchMode=yes -o ConnectTimeout=10",
        }
        from borg.archive import Archive
        from borg.helpers import Location, Manifest
        from borg.logger import setup_logging
        from borg.remote import RemoteRepository

        setup_logging(level="critical")
        options = argparse.Namespace(
            remote_path=None, umask=0o077, log_level="critical", debug_topics=[], rsh=None,
            show_rc=False, upload_ratelimit=None, upload_buffer=None, remote_ratelimit=None,
            remote_buffer=None,
        )  # fmt: skip
        with RemoteRepository(Location(REPOSITORY), lock=False, args=options) as repository:
            manifest, key = Manifest.load(repository, (Manifest.Operation.READ,))
            for name in manifest.archives:
                for item in Archive(repository, key, manifest, name).iter_items():
                    if "chunks_healthy" in item:
                        yield name, item.path


def sound() -> None:
    """Every chunk is read, deciphered and authenticated; no file has lost any."""
    expected = "`borg check --verify-data` ne trouve rien, et aucune archive n'a de bloc perdu"
    run = borg("check", "--bypass-lock", "--verify-data", REPOSITORY)
    if run.returncode != 0:
        verdict(False, expected, f"borg check : {last_line(run)}")
    for name, path in lost():
        verdict(
            False,
            expected,
            f"{name} : {path} a des blocs remplacés par des zéros",
            "Les blocs sont encore sur srv : une nouvelle sauvegarde les renvoie, et un second "
            "`borg check --repair` les rend aux archives.",
        )
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
    strangers = sorted(said - set(before) - set(archives(expected)))
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
    lost = sorted(before - set(archives(expected)))
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
