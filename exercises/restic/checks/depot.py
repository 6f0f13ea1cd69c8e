#!/usr/bin/env python3
"""Judge a Restic repository as a whole.

Usage: depot.py ouvert|sain|relu|espace local|sftp

Nothing is locked and no cache is touched: observing must not make the trainee's next command wait
or fail.
"""

import json
import sys
from pathlib import Path

from lab_restic import LOCAL, PASSPHRASE, restic
from lab_run import Done, reason
from lab_verdict import verdict

CAUSES = {
    "Permission denied (": "le serveur SSH refuse la clé de root",
    "Host key verification failed": "la clé d'hôte du serveur n'est pas connue de root",
    "unable to start the sftp session": (
        "SSH n'aboutit pas sans intervention : clé refusée ou clé d'hôte inconnue"
    ),
    "wrong password": "le mot de passe du fichier n'est pas celui du dépôt",
    "an empty password": f"{PASSPHRASE} est vide",
    "unable to open config file": "aucun dépôt Restic à cet endroit",
    PASSPHRASE: f"{PASSPHRASE} n'est pas lisible",
}
SLACK = 0.06
"""The part of a repository that prune may leave unused: 5 %, and what packs cost by themselves."""
OVERHEAD = 32 << 10


def said(place: str, *args: str) -> Done:
    """What restic says of one of the places."""
    done = restic(place, *args)
    out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    return Done(done.args, done.returncode, out, err)


def opened(place: str) -> None:
    """The repository opens with the password file, and with nothing less."""
    expected = f"le dépôt s'ouvre avec le mot de passe de {PASSPHRASE}"
    run = said(place, "cat", "config")
    if run.returncode != 0:
        verdict(False, expected, reason(run, CAUSES))
    config = json.loads(run.stdout)
    verdict(True, expected, f"dépôt {config['id'][:8]}, format {config['version']}")


def sound(place: str, *, everything: bool = False) -> None:
    """``restic check`` finds no error."""
    expected = "restic check ne trouve aucune erreur"
    if everything:
        expected = "restic check --read-data relit tout le dépôt sans erreur"
    run = said(place, "check", *(["--read-data"] if everything else []))
    if run.returncode == 0:
        verdict(True, expected, "aucune erreur")
    lines = (run.stdout + run.stderr).splitlines()
    wrong = [line for line in lines if line.startswith(("error", "Pack ", "pack "))]
    verdict(False, expected, wrong[0].strip() if wrong else reason(run, CAUSES))


def pruned(place: str) -> None:
    """The packs on the disk hold what snapshots use, and little else."""
    expected = "l'espace des instantanés oubliés est rendu au disque"
    run = said(place, "stats", "--mode", "raw-data", "--json")
    if run.returncode != 0:
        verdict(False, expected, reason(run, CAUSES))
    used = json.loads(run.stdout)["total_size"]
    packs = sum(path.stat().st_size for path in (Path(LOCAL) / "data").rglob("*") if path.is_file())
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
