#!/usr/bin/env python3
"""Judge, on srv, what the client's credentials open, and what they do not.

Usage: acces.py depot | bornee | mot-de-passe | ecriture | coffre
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
OTHER = "/srv/borg/compta"
PASSPHRASE = Path("/root/.borg-pass")
KEYS = "/root/.config/borg/keys"
SAFE = Path("/media/coffre")
SAFE_DEVICE = Path("/dev/disk/by-id/virtio-coffre")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BATCH = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=10")


def run(
    *command: str, env: Mapping[str, str] | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run a command as root, without a terminal."""
    done = subprocess.run(
        command,
        env={"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", **(env or {})},
        input=given,
        check=False,
        capture_output=True,
    )
    said, wrong = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, said, wrong)


def borg(*args: str, keys: str = KEYS) -> subprocess.CompletedProcess[str]:
    """Run borg, with a cache and a security folder of its own."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": keys,
            "BORG_PASSCOMMAND": f"cat {PASSPHRASE}",
            "BORG_RSH": f"ssh {' '.join(BATCH)}",
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        return run("/usr/bin/env", "borg", *args, env=env)


def reason(done: subprocess.CompletedProcess[str]) -> str:
    """The last line that a failed command printed, with words for the usual causes."""
    for sign, words in (
        ("Permission denied (", "le serveur SSH refuse la clé de root"),
        ("Host key verification failed", "la clé d'hôte du serveur n'est pas connue de root"),
        ("No key file", "la clé de chiffrement n'est pas sur srv"),
        ("Repository path not allowed", "le serveur refuse ce dépôt à cette clé"),
        ("Connection closed by remote host", "SSH n'aboutit pas, ou le serveur n'a pas borg"),
        ("passphrase supplied", "la phrase secrète n'est pas la bonne"),
        ("BORG_PASSCOMMAND", f"{PASSPHRASE} n'est pas lisible"),
        ("No such file or directory: 'borg'", "borg n'est pas installé sur srv"),
    ):
        if sign in done.stderr:
            return words
    return (done.stderr.strip().splitlines() or [f"code de retour {done.returncode}"])[-1]


def opened() -> None:
    """The repository opens by key, and is encrypted with a key that the client keeps."""
    expected = f"{REPOSITORY} s'ouvre sans question, chiffré par une clé que garde srv"
    done = borg("list", "--bypass-lock", "--json", REPOSITORY)
    if done.returncode != 0:
        verdict(False, expected, reason(done))
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


def asked(repository: str) -> bytes:
    """What Borg's client says to open a repository (see RemoteRepository in borg/remote.py)."""
    import msgpack

    arguments = {"path": repository, "create": False, "lock_wait": 1, "lock": False}
    messages = (
        {"i": 1, "m": "negotiate", "a": {"client_data": {"client_version": (1, 2, 4)}}},
        {"i": 2, "m": "open", "a": arguments | {"exclusive": False, "append_only": False}},
    )
    return b"".join(msgpack.packb(message, use_bin_type=False) for message in messages)


def bounded() -> None:
    """The same SSH key gives no shell, no tunnel and no other repository."""
    expected = "la clé SSH n'ouvre ni shell, ni tunnel, ni autre dépôt"
    tunnel = run("timeout", "10", "ssh", *BATCH, "-W", "127.0.0.1:22", "borg@sauvegarde")
    if tunnel.stdout.startswith("SSH-"):
        verdict(
            False,
            expected,
            "un tunnel vers sauvegarde s'est ouvert",
            "Le mot `restrict`, devant la clé, interdit tunnels et terminaux.",
        )
    # One connection for both: a shell runs what is between the quotes, while a forced `borg serve`
    # skips assignments in what the client asks for, and answers the messages.
    command = 'X="$(cat /etc/passwd >&2)" borg serve'
    both = run("ssh", *BATCH, "borg@sauvegarde", command, given=asked(OTHER))
    if "root:" in both.stderr:
        verdict(False, expected, "`ssh borg@sauvegarde cat /etc/passwd` répond")
    if "PathNotAllowed" not in both.stdout:
        verdict(
            False,
            expected,
            f"le serveur a accepté de chercher {OTHER}",
            "`--restrict-to-repository /srv/borg/srv`, après `borg serve`.",
        )
    verdict(True, expected, "les trois sont refusés")


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
        verdict(False, expected, reason(done))
    verdict(True, expected, "SSH le refuse")


def written() -> None:
    """The client writes an object, deletes it and compacts: what a thief would do.

    Whether the deletion had an effect is read on the server (serveur.py effacement).
    """
    expected = "la clé de srv écrit dans le dépôt"
    # Imported here: the other uses of this script do without.
    from borg.helpers import Location
    from borg.logger import setup_logging
    from borg.remote import RemoteRepository

    setup_logging(level="critical")
    options = argparse.Namespace(
        remote_path=None, umask=0o077, log_level="critical", debug_topics=[], rsh=None,
        show_rc=False, upload_ratelimit=None, upload_buffer=None, remote_ratelimit=None,
        remote_buffer=None,
    )  # fmt: skip
    os.environ["BORG_RSH"] = f"ssh {' '.join(BATCH)}"
    marker = hashlib.sha256(f"{os.environ['PCAPRA_CLIENT']}-sonde".encode()).digest()
    try:
        with RemoteRepository(
            Location(REPOSITORY), exclusive=True, lock_wait=20, args=options
        ) as repository:
            # One transaction: nothing is left for `borg check` to complain of.
            repository.put(marker, marker * 512)
            repository.delete(marker)
            repository.commit(compact=True)
    except Exception as error:
        words = " ".join((str(error) or type(error).__name__).split())
        if "Permission denied" in words:
            words = "le compte borg n'a pas le droit d'écrire dans son dépôt"
        verdict(False, expected, words[:200])
    verdict(True, expected, "écrit, puis effacement demandé")


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
            verdict(False, expected, f"le coffre ne se monte plus : {reason(done)}")
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
        done = borg("list", "--bypass-lock", "--json", REPOSITORY, keys=keys)
    if done.returncode != 0:
        verdict(False, expected, f"avec la clé du coffre seule : {reason(done)}")
    # Without encryption, any key would do.
    identity = json.loads(done.stdout)["repository"]["id"]
    if not any(text.startswith(f"BORG_KEY {identity}") for text in exported):
        verdict(False, expected, "la clé du coffre est celle d'un autre dépôt")
    verdict(True, expected, "le dépôt s'est ouvert avec la clé du coffre seule")


os.umask(0o077)
{
    "depot": opened,
    "bornee": bounded,
    "mot-de-passe": password,
    "ecriture": written,
    "coffre": key_in_safe,
}[sys.argv[1]]()
