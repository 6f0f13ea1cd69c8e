"""What a client's SSH key may do to the account ``borg`` of the backup machine."""

import subprocess
from collections.abc import Mapping
from typing import NoReturn

from lab_borg_repository import opened
from lab_marker import marker
from lab_verdict import verdict

ACCOUNT = "borg@sauvegarde"
DEADLINE = 60.0


def opening(repository: str) -> bytes:
    """What Borg's client says to open a repository (see RemoteRepository in borg/remote.py)."""
    import msgpack

    arguments = {"path": repository, "create": False, "lock_wait": 1, "lock": False}
    messages = (
        {"i": 1, "m": "negotiate", "a": {"client_data": {"client_version": (1, 2, 4)}}},
        {"i": 2, "m": "open", "a": arguments | {"exclusive": False, "append_only": False}},
    )
    return b"".join(msgpack.packb(message, use_bin_type=False) for message in messages)


def ssh(*args: str, patience: int, given: bytes = b"") -> tuple[bytes, bytes]:
    """What a connection says, on both outputs."""
    command = ["ssh", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={patience}", *args]
    done = subprocess.run(command, input=given, check=False, capture_output=True, timeout=DEADLINE)
    return done.stdout, done.stderr


def excess(other: str, *, patience: int = 10) -> str:
    """What the key opens that it should not: ``tunnel``, ``commande``, ``depot``; or nothing.

    Args:
        other: a repository that is not the client's.
        patience: seconds to wait for the SSH server.
    """
    try:
        heard, _ = ssh("-W", "127.0.0.1:22", ACCOUNT, patience=patience)
    except subprocess.TimeoutExpired as late:
        heard = late.stdout or b""
    if heard.startswith(b"SSH-"):
        return "tunnel"
    # One connection for both: a shell runs what is between the quotes, while a forced `borg serve`
    # skips assignments in what the client asks for, and answers the messages.
    command = 'X="$(cat /etc/passwd >&2)" borg serve'
    said, wrong = ssh(ACCOUNT, command, patience=patience, given=opening(other))
    if b"root:" in wrong:
        return "commande"
    return "" if b"PathNotAllowed" in said else "depot"


def bounded(other: str) -> NoReturn:
    """Judge that the key gives no shell, no tunnel and no repository but /srv/borg/srv."""
    expected = "la clé SSH n'ouvre ni shell, ni tunnel, ni autre dépôt"
    match excess(other):
        case "tunnel":
            verdict(
                False,
                expected,
                "un tunnel vers sauvegarde s'est ouvert",
                "Le mot `restrict`, devant la clé, interdit tunnels et terminaux.",
            )
        case "commande":
            verdict(False, expected, "`ssh borg@sauvegarde cat /etc/passwd` répond")
        case "depot":
            verdict(
                False,
                expected,
                f"le serveur a accepté de chercher {other}",
                "`--restrict-to-repository /srv/borg/srv`, après `borg serve`.",
            )
    verdict(True, expected, "les trois sont refusés")


def written(
    location: str, expected: str, words: Mapping[str, str], *, lock_wait: int, patience: int = 10
) -> NoReturn:
    """Judge that the client writes an object, then delete it and compact, as a thief would.

    Whether the deletion had an effect is read on the server, see `lab_marker.survivor`.

    Args:
        location: the repository's address.
        expected: what the verdict says.
        words: what to say of a failure, see `lab_borg_repository.opened`.
        lock_wait: seconds to wait for the repository.
        patience: seconds to wait for the SSH server.
    """
    name = marker()
    with opened(
        location, expected, words, patience=patience, exclusive=True, lock_wait=lock_wait
    ) as repository:
        # One transaction: nothing is left for `borg check` to complain of.
        repository.put(name, name * 512)
        repository.delete(name)
        repository.commit(compact=True)
    verdict(True, expected, "écrit, puis effacement demandé")
