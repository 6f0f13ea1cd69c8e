#!/usr/bin/env python3
"""Judge, on srv, what the client's credentials open, and what they do not.

Usage: acces.py bornee | ecriture
"""

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping

from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
OTHER = "/srv/borg/compta"
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


def written() -> None:
    """The client writes an object, deletes it and compacts: what a thief would do.

    Whether the deletion had an effect is read on the server (serveur.py effacement).
    """
    expected = "la clé de srv écrit dans le dépôt"
    # Imported here: the other use of this script does without.
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


os.umask(0o077)
{"bornee": bounded, "ecriture": written}[sys.argv[1]]()
