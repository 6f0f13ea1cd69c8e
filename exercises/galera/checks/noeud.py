#!/usr/bin/env python3
"""What a node itself knows: the state transfers it went through, what it would do next time.

Usage: noeud.py sst | ist | pret | prochain | perdue
"""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

ME = os.uname().nodename
DATA = Path("/var/lib/mysql")
TRANSFER = re.compile(
    r"^(?:WSREP_SST: \[INFO\] )?(rsync|mariabackup) (SST|IST) completed on joiner"
)
NODES = ("192.168.1.10", "192.168.1.11", "192.168.1.12")
LOCAL = {"db1": NODES[0], "db2": NODES[1], "db3": NODES[2]}
NEEDED = ("RELOAD", "PROCESS", "LOCK TABLES")
"""What a backup of the whole server asks for; all privileges have them."""


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def run(*argv: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """A command, whatever it comes to."""
    return subprocess.run(
        argv, check=False, capture_output=True, text=True, errors="replace", timeout=45, **options
    )


def transfers() -> list[tuple[str, str]]:
    """The state transfers of this boot, oldest first: by what, and whether whole."""
    journal = run("journalctl", "-u", "mariadb", "-o", "cat", "-b", "--no-pager").stdout
    return [(m[1], m[2]) for m in map(TRANSFER.match, journal.splitlines()) if m]


def in_words(found: list[tuple[str, str]]) -> str:
    """Those transfers."""
    return ", ".join(f"{kind} par {method}" for method, kind in found[-3:]) or "aucun transfert"


def settings() -> dict[str, str]:
    """What mariadbd will read at its next start; a later one wins."""
    lines = run("my_print_defaults", "--mysqld").stdout.splitlines()
    pairs = (line.removeprefix("--").partition("=") for line in lines)
    return {key.replace("-", "_").removeprefix("loose_"): value for key, _, value in pairs}


def sst() -> None:
    """The whole copy came by mariabackup."""
    expected = "le dernier transfert complet (SST) reçu par db3 est passé par mariabackup"
    found = transfers()
    whole = [one for one in found if one[1] == "SST"]
    by = whole[-1][0] if whole else ""
    if not whole and (DATA / "xtrabackup_galera_info_SST").exists():
        # db3 was started again since: its journal is in memory.
        by = "mariabackup"
    verdict(by == "mariabackup", expected, f"transferts reçus : {in_words(found)}")


def ist() -> None:
    """The last time, only what was missing came."""
    expected = "le dernier transfert reçu par db3 est un IST : ce qui manquait, rien de plus"
    found = transfers()
    ok = bool(found) and found[-1][1] == "IST"
    verdict(ok, expected, f"transferts reçus, dans l'ordre : {in_words(found)}")


def ready() -> None:
    """This node could give its state by mariabackup: the method, the program, the account."""
    expected = f"{ME} peut donner son état par mariabackup : méthode, programme, compte"
    said = settings()
    method = said.get("wsrep_sst_method", "")
    if method != "mariabackup":
        verdict(False, expected, f"méthode dans ses fichiers : {method or 'aucune'}")
    if not shutil.which("mariadb-backup"):
        verdict(False, expected, "le programme mariadb-backup n'est pas installé")
    user, _, password = said.get("wsrep_sst_auth", "").strip("\"'").partition(":")
    # The transfer's script runs as mysql.
    account = pwd.getpwnam("mysql")
    done = run(
        "mariadb", "--no-defaults", "--batch", "--skip-column-names", "--execute=SHOW GRANTS",
        f"--user={user or 'mysql'}",
        user=account.pw_uid, group=account.pw_gid, extra_groups=[],
        env={**os.environ, "HOME": "/nonexistent", **({"MYSQL_PWD": password} if password else {})},
    )  # fmt: skip
    if done.returncode:
        lines = (done.stderr.strip() or "échec").splitlines()
        verdict(False, expected, f"son compte n'entre pas : {lines[-1]}")
    grants = [line for line in done.stdout.splitlines() if " ON *.* TO " in line]
    rights = " ".join(line.partition(" ON *.* TO ")[0] for line in grants)
    lacking = [one for one in NEEDED if one not in rights and "ALL PRIVILEGES" not in rights]
    verdict(not lacking, expected, f"il lui manque : {', '.join(lacking)}" if lacking else "prêt")


def next_time() -> None:
    """At its next start this node looks for the others, instead of beginning a cluster alone."""
    expected = f"au prochain démarrage, {ME} cherchera les autres nœuds"
    address = settings().get("wsrep_cluster_address", "").strip("\"'")
    others = [one for one in NODES if one != LOCAL.get(ME)]
    names = [name for name in LOCAL if name != ME]
    ok = all(a in address or n in address for a, n in zip(others, names, strict=True))
    verdict(ok, expected, f"wsrep_cluster_address : {address or 'absent'}")


def lost() -> None:
    """The most advanced node joined a cluster that was behind: its last order is overwritten."""
    expected = "la dernière commande n'est plus nulle part"
    query = (
        "SELECT (SELECT COUNT(*) FROM boutique.commandes WHERE article = '{}'),"
        " (SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
        " WHERE VARIABLE_NAME = 'WSREP_LOCAL_STATE_COMMENT')"
    ).format(f"dernière {os.environ['PCAPRA_JETON']}")
    done = run("mariadb", "--batch", "--skip-column-names", f"--execute={query}")
    words = done.stdout.split()
    if done.returncode or len(words) != 2:
        verdict(False, expected, "db2 ne répond pas : rien n'est perdu tant qu'il n'a rien rejoint")
    gone = words == ["0", "Synced"]
    verdict(gone, expected, "absente de db2, qui est à jour" if gone else "présente sur db2")


{"sst": sst, "ist": ist, "pret": ready, "prochain": next_time, "perdue": lost}[sys.argv[1]]()
