#!/usr/bin/env python3
"""Judge, on srv, what the client's credentials open, and what they do not.

Usage: acces.py depot | bornee | mot-de-passe | ecriture | coffre
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from lab_borg import KEYS, SIGNS, borg
from lab_borg_access import bounded, written
from lab_run import Done, reason, run
from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
OTHER = "/srv/borg/compta"
SAFE = Path("/media/coffre")
SAFE_DEVICE = Path("/dev/disk/by-id/virtio-coffre")
CAUSES = {
    **SIGNS,
    "No key file": "la clé de chiffrement n'est pas sur srv",
    "Repository path not allowed": "le serveur refuse ce dépôt à cette clé",
    "Connection closed by remote host": "SSH n'aboutit pas, ou le serveur n'a pas borg",
    "No such file or directory: 'borg'": "borg n'est pas installé sur srv",
}
REFUSED = {"Permission denied": "le compte borg n'a pas le droit d'écrire dans son dépôt"}


def readable(keys: str = KEYS) -> Done:
    """The list of the archives, with the keys of a folder."""
    return borg("list", "--bypass-lock", "--json", REPOSITORY, keys=keys, unencrypted=True)


def opened() -> None:
    """The repository opens by key, and is encrypted with a key that the client keeps."""
    expected = f"{REPOSITORY} s'ouvre sans question, chiffré par une clé que garde srv"
    done = readable()
    if done.returncode != 0:
        verdict(False, expected, reason(done, CAUSES))
    mode = json.loads(done.stdout)["encryption"]["mode"]
    if not mode.startswith("keyfile"):
        verdict(
            False,
            expected,
            f"le mode de chiffrement est « {mode} »",
            "Un dépôt ne change pas de mode : écartez-le et recréez-le avec "
            "`--encryption=keyfile-blake2`.",
        )
    verdict(True, expected, f"ouvert, mode {mode}")


def password() -> None:
    """The account's password opens nothing any more."""
    expected = "le mot de passe du compte borg n'ouvre plus rien"
    with tempfile.TemporaryDirectory() as folder:
        ask = Path(folder) / "donner"
        ask.write_text('#!/bin/sh\nprintf "%s\\n" "$PCAPRA_MDP"\n')
        ask.chmod(0o700)
        done = run(
            "ssh", "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1",
            "-o", "ConnectTimeout=10", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "borg@sauvegarde", "echo ouvert",
            env={
                "SSH_ASKPASS": str(ask),
                "SSH_ASKPASS_REQUIRE": "force",
                "PCAPRA_MDP": os.environ["PCAPRA_MDP"],
            },
        )  # fmt: skip
    if "ouvert" in done.stdout:
        verdict(False, expected, "il donne encore un shell, donc de quoi tout effacer")
    if "Permission denied" not in done.stderr:
        verdict(False, expected, reason(done, CAUSES))
    verdict(True, expected, "SSH le refuse")


def key_in_safe() -> None:
    """The exported key opens the repository, from a safe that is not plugged in."""
    expected = f"la clé exportée ouvre le dépôt, et le coffre est débranché ({SAFE})"
    if os.path.ismount(SAFE):
        verdict(
            False,
            expected,
            f"{SAFE} est encore monté : qui entre sur srv emporte aussi le coffre",
            "sudo umount /media/coffre",
        )
    with tempfile.TemporaryDirectory() as mounted, tempfile.TemporaryDirectory() as keys:
        done = run("mount", "-o", "ro,noload", str(SAFE_DEVICE.resolve()), mounted)
        if done.returncode != 0:
            verdict(False, expected, f"le coffre ne se monte plus : {reason(done, CAUSES)}")
        try:
            names = [p.name for p in Path(mounted).iterdir() if p.is_file()]
            exported = [
                text
                for name in names
                if (text := (Path(mounted) / name).read_text(errors="replace")).startswith("BORG_")
            ]
        finally:
            run("umount", mounted)
        if not exported:
            verdict(False, expected, "aucune clé exportée par Borg dans le coffre")
        for number, text in enumerate(exported):
            (Path(keys) / f"cle-{number}").write_text(text)
        done = readable(keys)
    if done.returncode != 0:
        verdict(False, expected, f"avec la clé du coffre seule : {reason(done, CAUSES)}")
    # Without encryption, any key would do.
    identity = json.loads(done.stdout)["repository"]["id"]
    if not any(text.startswith(f"BORG_KEY {identity}") for text in exported):
        verdict(False, expected, "la clé du coffre est celle d'un autre dépôt")
    verdict(True, expected, "le dépôt s'est ouvert avec la clé du coffre seule")


os.umask(0o077)
match sys.argv[1]:
    case "depot":
        opened()
    case "bornee":
        bounded(OTHER)
    case "mot-de-passe":
        password()
    case "ecriture":
        written(REPOSITORY, "la clé de srv écrit dans le dépôt", REFUSED, lock_wait=20)
    case "coffre":
        key_in_safe()
