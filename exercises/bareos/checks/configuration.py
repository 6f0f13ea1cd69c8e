#!/usr/bin/env python3
"""Judge what the daemons were told: clients, passwords, jobs, schedules.

Usage: configuration.py client | distincts | secrets FD_CONF DIRECTOR | charge | plan | catalogue

Bacula's own tools (bdirjson and others) resolve the includes, so any layout of the files is fine.
"""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab_bacula import anyone_may, console
from lab_verdict import verdict

ETC = Path("/etc/bacula")
CLIENT, ADDRESS = "srv-fd", "192.168.1.10"
JOB = "SauvegardeSrv"
READERS = {"dir": "bdirjson", "sd": "bsdjson", "fd": "bfdjson"}


def resources(daemon: str) -> list[dict[str, Any]]:
    """The resources of a daemon's configuration, includes resolved; none if it cannot be read."""
    try:
        run = subprocess.run(
            ["/usr/bin/env", READERS[daemon], "-c", str(ETC / f"bacula-{daemon}.conf")],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        return list(json.loads(run.stdout))
    except (FileNotFoundError, ValueError):
        return []


def named(daemon: str, kind: str, name: str) -> dict[str, Any] | None:
    """One resource."""
    for block in resources(daemon):
        if block.get(kind, {}).get("Name") == name:
            return dict(block[kind])
    return None


def last_words(text: str) -> str:
    """The end of a message, short enough to be shown."""
    return (text.strip().splitlines() or ["aucun message"])[-1][:150]


def client() -> None:
    """The director reaches srv's file daemon, on srv."""
    expected = f"« status client={CLIENT} » répond, depuis {ADDRESS}"
    declared = named("dir", "Client", CLIENT)
    if declared is None:
        verdict(False, expected, f"le directeur n'a aucun client nommé {CLIENT}")
    host = str(declared.get("Address", ""))
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError:
        found = set()
    if ADDRESS not in found:
        verdict(False, expected, f"l'adresse déclarée, « {host} », n'est pas celle de srv")
    said = console(f"status client={CLIENT}")
    if not said:
        verdict(False, expected, "le directeur ne répond pas à bconsole")
    if re.search(rf"^{CLIENT} Version: ", said, re.MULTILINE):
        verdict(True, expected, "le client répond")
    try:
        with socket.create_connection((ADDRESS, int(declared.get("FdPort", 9102))), timeout=5):
            heard = True
    except OSError:
        heard = False
    if heard:
        verdict(
            False,
            expected,
            "srv entend, et refuse : un nom ou le mot de passe ne s'accorde pas",
            "Le mot de passe de Client{} chez le directeur et celui de Director{} chez le client "
            "sont le même ; le nom attendu par le client est celui du directeur. Un démon relit "
            "sa configuration quand il redémarre.",
        )
    verdict(
        False,
        expected,
        f"personne n'écoute à {ADDRESS}",
        "`FDAddress` dans le bacula-fd.conf de srv, puis un redémarrage du démon.",
    )


def distinct() -> None:
    """The client's password opens nothing else."""
    expected = f"le mot de passe de {CLIENT}, 12 caractères au moins, n'ouvre rien d'autre"
    blocks = resources("dir")
    secrets = {
        f"{kind} {block[kind].get('Name')}": str(block[kind].get("Password", ""))
        for block in blocks
        for kind in ("Director", "Client", "Storage", "Autochanger", "Console")
        if kind in block
    }
    mine = secrets.pop(f"Client {CLIENT}", None)
    if mine is None:
        verdict(False, expected, f"le directeur n'a aucun client nommé {CLIENT}")
    if len(mine) < 12:
        verdict(False, expected, f"{len(mine)} caractères")
    shared = sorted(owner for owner, password in secrets.items() if password == mine)
    if shared:
        verdict(
            False,
            expected,
            f"le même sert aussi à : {', '.join(shared)}",
            "Qui prend srv lit son bacula-fd.conf : ce mot de passe ne doit ouvrir ni la console, "
            "ni le stockage, ni un autre client.",
        )
    verdict(True, expected, f"distinct de {len(secrets)} autres")


def secrets(daemons: str, needed: str) -> None:
    """No file of /etc/bacula that holds a password may be read by any account."""
    expected = "aucun compte ordinaire ne lit un mot de passe de Bacula, ni n'écrit ces fichiers"
    passwords = set()
    names = set()
    for daemon in daemons.split(","):
        for block in resources(daemon):
            for content in block.values():
                names.add(str(content.get("Name")))
                if content.get("Password"):
                    passwords.add(str(content["Password"]).encode())
    if needed not in names:
        verdict(False, expected, f"la configuration ne nomme pas encore {needed}")
    for path in sorted(ETC.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        if not any(password in content for password in passwords):
            continue
        for test, words in (("-r", "lisible"), ("-w", "modifiable")):
            if anyone_may(test, path):
                verdict(
                    False,
                    expected,
                    f"{path} est {words} par tous",
                    "root et le groupe bacula suffisent : 0640, dans un dossier 0750. Les copies "
                    "d'éditeur comptent aussi.",
                )
    verdict(True, expected, f"{len(passwords)} mots de passe à l'abri")


def valid() -> None:
    """The files are sound, and the running director has loaded the job."""
    expected = f"« -t » ne trouve aucune erreur, et le directeur connaît {JOB}"
    for daemon, account in (("dir", "bacula"), ("sd", "bacula"), ("fd", "root")):
        run = subprocess.run(
            ["/usr/sbin/bacula-" + daemon, "-t", "-c", str(ETC / f"bacula-{daemon}.conf")],
            user=account,
            group=account,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if run.returncode != 0:
            said = [line for line in (run.stdout + run.stderr).splitlines() if "error" in line]
            verdict(False, expected, f"bacula-{daemon} : {last_words(chr(10).join(said))}")
    said = console(f"show job={JOB}")
    if f"Job: name={JOB} " not in said:
        verdict(False, expected, "le directeur en marche ne connaît pas ce travail")
    if f"Client: Name={CLIENT} " not in said:
        verdict(False, expected, f"{JOB} n'est pas celui de {CLIENT}")
    verdict(True, expected, "trois configurations sans erreur, le travail est chargé")


def planned(job: str, wants_full: str) -> None:
    """The running director will start the job every day, with a full one each week."""
    expected = f"{job} part chaque jour{', en complet une fois par semaine' * bool(wants_full)}"
    said = console(f"status schedule job={job} days=8")
    row = rf"^(\w+)\s+Backup\s+\d+\s+(.*?)\s+\d\d:\d\d\s+{job}\s"
    rows = re.findall(row, said, re.MULTILINE)
    if not rows:
        verdict(False, expected, "aucun passage prévu dans les huit jours")
    days = {day for _, day in rows}
    levels = {level for level, _ in rows}
    if len(days) < 7:
        verdict(False, expected, f"{len(days)} jours sur huit")
    if wants_full and "Full" not in levels:
        verdict(False, expected, "aucune complète dans les huit jours")
    if wants_full and levels == {"Full"}:
        verdict(False, expected, "une complète chaque jour, aucune incrémentale")
    verdict(True, expected, f"{len(rows)} passages en huit jours : {', '.join(sorted(levels))}")


match sys.argv[1:]:
    case ["client"]:
        client()
    case ["distincts"]:
        distinct()
    case ["secrets", daemons, needed]:
        secrets(daemons, needed)
    case ["charge"]:
        valid()
    case ["plan", job, *full]:
        planned(job, "".join(full))
