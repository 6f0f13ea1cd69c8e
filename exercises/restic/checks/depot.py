#!/usr/bin/env python3
"""Judge a Restic repository as a whole.

Usage: depot.py ouvert|sain|relu|espace local|sftp

Nothing is locked and no cache is touched: observing must not make the trainee's next command wait
or fail.
"""

import json
import subprocess
import sys
from pathlib import Path

from lab_verdict import verdict

PASSPHRASE = Path("/root/.restic-pass")
LOCAL = Path("/sauvegarde/restic")
PLACES = {
    "local": ["--repo", str(LOCAL)],
    "sftp": [
        "--repo",
        "sftp:restic@sauvegarde:/srv/restic/srv",
        "--option",
        "sftp.command=ssh -o BatchMode=yes -o ConnectTimeout=10 restic@sauvegarde -s sftp",
    ],
}
SLACK = 0.06
"""The part of a repository that prune may leave unused: 5 %, and what packs cost by themselves."""
OVERHEAD = 32 << 10


def restic(place: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run restic without a terminal, a lock or a cache."""
    return subprocess.run(
        ["/usr/bin/env", "restic", "--no-cache", "--no-lock", *PLACES[place], *args],
        env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "RESTIC_PASSWORD_FILE": str(PASSPHRASE),
        },
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )


def reason(run: subprocess.CompletedProcess[str]) -> str:
    """What a failed command said, with words for the usual causes."""
    text = run.stderr.strip()
    for sign, words in (
        ("Permission denied (", "le serveur SSH refuse la clé de root"),
        ("Host key verification failed", "la clé d'hôte du serveur n'est pas connue de root"),
        (
            "unable to start the sftp session",
            "SSH n'aboutit pas sans intervention : clé refusée ou clé d'hôte inconnue",
        ),
        ("wrong password", "le mot de passe du fichier n'est pas celui du dépôt"),
        ("an empty password", f"{PASSPHRASE} est vide"),
        ("unable to open config file", "aucun dépôt Restic à cet endroit"),
        (str(PASSPHRASE), f"{PASSPHRASE} n'est pas lisible"),
    ):
        if sign in text:
            return words
    return (text.splitlines() or [f"code de retour {run.returncode}"])[-1]


def opened(place: str) -> None:
    """The repository opens with the password file, and with nothing less."""
    expected = f"le dépôt s'ouvre avec le mot de passe de {PASSPHRASE}"
    run = restic(place, "cat", "config")
    if run.returncode != 0:
        verdict(False, expected, reason(run))
    config = json.loads(run.stdout)
    verdict(True, expected, f"dépôt {config['id'][:8]}, format {config['version']}")


def sound(place: str, *, everything: bool = False) -> None:
    """``restic check`` finds no error."""
    expected = "restic check ne trouve aucune erreur"
    if everything:
        expected = "restic check --read-data relit tout le dépôt sans erreur"
    run = restic(place, "check", *(["--read-data"] if everything else []))
    if run.returncode == 0:
        verdict(True, expected, "aucune erreur")
    said = (run.stdout + run.stderr).splitlines()
    wrong = [line for line in said if line.startswith(("error", "Pack ", "pack "))]
    verdict(False, expected, wrong[0].strip() if wrong else reason(run))


def pruned(place: str) -> None:
    """The packs on the disk hold what snapshots use, and little else."""
    expected = "l'espace des instantanés oubliés est rendu au disque"
    run = restic(place, "stats", "--mode", "raw-data", "--json")
    if run.returncode != 0:
        verdict(False, expected, reason(run))
    used = json.loads(run.stdout)["total_size"]
    packs = sum(path.stat().st_size for path in (LOCAL / "data").rglob("*") if path.is_file())
    unused = packs - used
    if unused > packs * SLACK + OVERHEAD:
        verdict(False, expected, f"{unused >> 10} Kio sur {packs >> 10} ne servent plus à rien")
    verdict(True, expected, f"{packs >> 10} Kio, dont {used >> 10} utiles")


place = sys.argv[2]
match sys.argv[1]:
    case "ouvert":
        opened(place)
    case "sain":
        sound(place)
    case "relu":
        sound(place, everything=True)
    case "espace":
        pruned(place)
