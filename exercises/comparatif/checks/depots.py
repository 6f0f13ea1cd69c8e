#!/usr/bin/env python3
"""Judge what both repositories hold, and the figures that the trainee noted.

Usage: depots.py borg|restic|mesures premiere|deuxieme

Nothing is believed but the repositories: sizes are those of their files, which neither tool
rewrites, dated against the start of the next backup.
"""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lab_borg import environment
from lab_run import last_line
from lab_verdict import verdict

NOTE = Path("/var/lib/pcapra/donnees.json")
TABLE = Path("/root/mesures.csv")
PASSPHRASE = Path("/root/.phrase")
FOLDER = "/srv/donnees"
WITNESS = f"{FOLDER}/contrat.txt"
REPOSITORIES = {"borg": Path("/sauvegarde/borg"), "restic": Path("/sauvegarde/restic")}
PASSES = {"premiere": "avant", "deuxieme": "apres"}


@dataclass(frozen=True)
class Backup:
    """One backup of a repository."""

    name: str
    state: str
    """Which state of the data it holds, ``avant`` or ``apres``; empty for neither."""


def run(expected: str, *command: str) -> bytes:
    """What a command prints; the check fails with its last words if it does."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            **environment(base, unencrypted=True),
            "BORG_PASSCOMMAND": f"cat {PASSPHRASE}",
            "RESTIC_PASSWORD_FILE": str(PASSPHRASE),
            "RESTIC_CACHE_DIR": base,
        }
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, check=False, capture_output=True
        )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")
        verdict(False, expected, last_line(said, f"code de retour {done.returncode}"))
    return done.stdout


def instant(text: str) -> float:
    """A date as either tool writes it; nanoseconds are beyond what Python 3.11 parses."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text)).timestamp()


def states() -> dict[str, dict[str, tuple[int, str]]]:
    """The files of each state of the data: size, SHA-256."""
    noted: dict[str, dict[str, tuple[int, str]]] = json.loads(NOTE.read_text())
    return noted


def held(sizes: dict[str, int], witness: str) -> str:
    """The state that files of these sizes are, their witness having this hash."""
    for name in PASSES.values():
        files = states().get(name, {})
        wanted = {path: size for path, (size, _) in files.items()}
        if sizes == wanted and sizes and witness == files[WITNESS][1]:
            return name
    return ""


def borg(expected: str) -> list[Backup]:
    """The archives of Borg's repository, oldest first."""
    place = str(REPOSITORIES["borg"])
    report = json.loads(run(expected, "borg", "list", "--bypass-lock", "--json", place))
    if not report["encryption"]["mode"].startswith(("repokey", "keyfile")):
        verdict(False, expected, "le dépôt de Borg n'est pas chiffré")
    found = []
    for archive in report["archives"]:
        listing = run(
            expected, "borg", "list", "--bypass-lock", "--json-lines", "--format", "{size}{type}",
            f"{place}::{archive['name']}",
        )  # fmt: skip
        items = [json.loads(line) for line in listing.splitlines()]
        sizes = {"/" + item["path"]: item["size"] for item in items if item["type"] == "-"}
        content = b""
        if WITNESS in sizes:
            content = run(
                expected, "borg", "extract", "--bypass-lock", "--stdout",
                f"{place}::{archive['name']}", WITNESS[1:],
            )  # fmt: skip
        state = held(sizes, hashlib.sha256(content).hexdigest())
        found.append(Backup(archive["name"], state))
    return found


def restic(expected: str) -> list[Backup]:
    """The snapshots of Restic's repository, oldest first."""
    base = ("restic", "--no-lock", "--repo", str(REPOSITORIES["restic"]))
    found = []
    for snapshot in json.loads(run(expected, *base, "snapshots", "--json")):
        listing = run(expected, *base, "ls", "--json", snapshot["id"])
        nodes = [json.loads(line) for line in listing.splitlines()]
        sizes = {node["path"]: node.get("size", 0) for node in nodes if node.get("type") == "file"}
        content = b""
        if WITNESS in sizes:
            content = run(expected, *base, "dump", snapshot["id"], WITNESS)
        state = held(sizes, hashlib.sha256(content).hexdigest())
        found.append(Backup(snapshot["short_id"], state))
    return found


def backups(tool: str, expected: str) -> list[Backup]:
    """The backups of one tool, oldest first."""
    if not (REPOSITORIES[tool] / "config").is_file():
        verdict(False, expected, f"aucun dépôt dans {REPOSITORIES[tool]}")
    return borg(expected) if tool == "borg" else restic(expected)


def holds(tool: str, last: str) -> None:
    """The repository holds a backup of each state of the data, up to the last one."""
    needed = ["premiere"] if last == "premiere" else ["premiere", "deuxieme"]
    expected = f"{REPOSITORIES[tool]}, chiffré : " + " et ".join(
        {"premiere": "les données d'origine", "deuxieme": "celles du lendemain"}[name]
        for name in needed
    )
    found = backups(tool, expected)
    there = {backup.state for backup in found}
    missing = [name for name in needed if PASSES[name] not in there]
    if missing:
        verdict(False, expected, f"{len(found)} sauvegarde(s), aucune qui soit celle attendue")
    verdict(True, expected, ", ".join(backup.name for backup in found if backup.state))


def starts(tool: str, expected: str) -> list[float]:
    """When the backups of one tool began, oldest first."""
    if tool == "borg":
        place = str(REPOSITORIES["borg"])
        report = json.loads(run(expected, "borg", "list", "--bypass-lock", "--json", place))
        return sorted(instant(archive["start"]) for archive in report["archives"])
    place = str(REPOSITORIES["restic"])
    listing = run(expected, "restic", "--no-lock", "--repo", place, "snapshots", "--json")
    return sorted(instant(snapshot["time"]) for snapshot in json.loads(listing))


def added(tool: str, name: str, expected: str) -> tuple[int, float, float]:
    """Bytes of data files that a pass wrote, when it began and ended.

    The first pass is the first backup; the second, the first one after the data changed.
    """
    found = starts(tool, expected)
    since = json.loads(NOTE.read_text())["change"] if name == "deuxieme" else 0.0
    after = [start for start in found if start >= since]
    if not after:
        verdict(False, expected, f"{tool} : la sauvegarde n'est pas dans son dépôt")
    begin = after[0]
    until = after[1] if len(after) > 1 else float("inf")
    if name == "premiere":
        # What initialised the repository counts: it is a few hundred bytes.
        begin = 0.0
    written = [
        path.stat()
        for path in (REPOSITORIES[tool] / "data").rglob("*")
        if path.is_file() and begin <= path.stat().st_mtime < until
    ]
    end = max((stat.st_mtime for stat in written), default=after[0])
    return sum(stat.st_size for stat in written), after[0], end


def figures(name: str) -> None:
    """The noted figures are what the repositories say."""
    expected = f"{TABLE} : pour chaque outil, une ligne « {name} » que son dépôt confirme"
    if not TABLE.is_file():
        verdict(False, expected, f"{TABLE} n'existe pas")
    with TABLE.open(newline="", errors="replace") as stream:
        rows = {(row.get("outil"), row.get("passage")): row for row in csv.DictReader(stream)}
    seen = []
    for tool in REPOSITORIES:
        try:
            row = rows[tool, name]
            noted, seconds = int(row["octets_ajoutes"]), float(row["secondes"])
        except (KeyError, TypeError, ValueError):
            verdict(False, expected, f"{tool} : pas de ligne lisible")
        real, begin, end = added(tool, name, expected)
        if abs(noted - real) > real * 0.05 + (64 << 10):
            verdict(
                False,
                expected,
                f"{tool} : {noted >> 10} Kio notés, {real >> 10} Kio écrits par elle",
                "Une sauvegarde mesurée deux fois n'ajoute rien la seconde : refaites le dépôt.",
            )
        span = end - begin
        if not max(0.1, span * 0.8 - 2) <= seconds <= span * 4 + 300:
            verdict(False, expected, f"{tool} : {seconds:.1f} s, c'est peu plausible")
        seen.append(f"{tool} {noted >> 10} Kio en {seconds:.1f} s")
    verdict(True, expected, " ; ".join(seen))


os.umask(0o077)
if sys.argv[1] == "mesures":
    figures(sys.argv[2])
holds(sys.argv[1], sys.argv[2])
