"""The command ``borg``, run by a check as root would.

Its cache and its security folder are its own: observing must not make the trainee's next command
wait or fail.
"""

import json
import tempfile
from typing import Any

from lab_run import ENVIRONMENT, Done, last_line, run
from lab_verdict import verdict

KEYS = "/root/.config/borg/keys"
PASSPHRASE = "/root/.borg-pass"
SIGNS = {
    "Permission denied (": "le serveur SSH refuse la clé de root",
    "Host key verification failed": "la clé d'hôte du serveur n'est pas connue de root",
    "passphrase supplied": "la phrase secrète n'est pas la bonne",
    "BORG_PASSCOMMAND": f"{PASSPHRASE} n'est pas lisible",
}
"""What a failed command says of the usual causes, for `lab_run.reason`."""


def environment(
    base: str, *, keys: str = KEYS, patience: int = 10, unencrypted: bool = False
) -> dict[str, str]:
    """The environment of ``borg``.

    Args:
        base: a folder for its cache and its security folder.
        keys: where the keys are that the client keeps.
        patience: seconds to wait for an SSH server.
        unencrypted: whether a repository in the clear may be read as well.
    """
    env = {
        **ENVIRONMENT,
        "BORG_BASE_DIR": base,
        "BORG_KEYS_DIR": keys,
        "BORG_PASSCOMMAND": f"cat {PASSPHRASE}",
        "BORG_RSH": f"ssh -o BatchMode=yes -o ConnectTimeout={patience}",
    }
    if unencrypted:
        env["BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"] = "yes"
    return env


def borg(*args: str, keys: str = KEYS, unencrypted: bool = False, cwd: str | None = None) -> Done:
    """Run ``borg``; see `environment`."""
    with tempfile.TemporaryDirectory() as base:
        env = environment(base, keys=keys, unencrypted=unencrypted)
        return run("/usr/bin/env", "borg", *args, env=env, cwd=cwd)


def archives(
    repository: str, expected: str, *options: str, unencrypted: bool = False
) -> list[dict[str, Any]]:
    """What ``borg list`` knows of the archives, oldest first; the check fails if it fails."""
    done = borg("list", "--bypass-lock", "--json", *options, repository, unencrypted=unencrypted)
    if done.returncode != 0:
        verdict(False, expected, last_line(done.stderr, "dépôt illisible"))
    return list(json.loads(done.stdout)["archives"])
