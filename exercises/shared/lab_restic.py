"""The command ``restic``, run by a check without a lock or a cache.

Observing must not make the trainee's next command wait or fail.
"""

import subprocess

from lab_run import ENVIRONMENT
from lab_verdict import verdict

PASSPHRASE = "/root/.restic-pass"
LOCAL = "/sauvegarde/restic"
PLACES = {
    "local": ["--repo", LOCAL],
    "sftp": [
        "--repo",
        "sftp:restic@sauvegarde:/srv/restic/srv",
        "--option",
        "sftp.command=ssh -o BatchMode=yes -o ConnectTimeout=10 restic@sauvegarde -s sftp",
    ],
    "rest": ["--repository-file", "/root/.restic-rest"],
}


def restic(
    place: str, *args: str, lock: bool = False, timeout: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ``restic`` on one of the places.

    Args:
        place: one of `PLACES`.
        args: the subcommand and its arguments.
        lock: whether the repository may be locked, as what writes into it must.
        timeout: seconds; restic goes on asking a server that refuses for a quarter of an hour.

    Raises:
        subprocess.TimeoutExpired: it did not end in time.
    """
    free = [] if lock else ["--no-lock"]
    return subprocess.run(
        ["/usr/bin/env", "restic", "--no-cache", *free, *PLACES[place], *args],
        env={**ENVIRONMENT, "RESTIC_PASSWORD_FILE": PASSPHRASE},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        timeout=timeout,
    )


def answer(expected: str, *args: str, otherwise: str = "", timeout: float | None = None) -> bytes:
    """What it answers about the local repository; the check fails if it fails.

    Args:
        expected: what the verdict says.
        args: the subcommand and its arguments.
        otherwise: what to say when it fails without a word; its exit status if left out.
        timeout: seconds.
    """
    done = restic("local", *args, timeout=timeout)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        verdict(False, expected, (said or [otherwise or f"code de retour {done.returncode}"])[-1])
    return done.stdout
