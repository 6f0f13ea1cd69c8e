#!/usr/bin/env python3
"""Judge the shared repository: each host's retention, then the damage and its repair.

Usage: parc.py srv|compta|srv-db|nommee|sain|guerie
"""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/parc"
NOTE = Path("/var/lib/pcapra/parc.json")
DAMAGED = Path("/var/lib/pcapra/abimee")
ANSWER = Path("/root/archive-abimee")
FILE = "var/backups/releves.bin"
DAY, WEEK, MONTH, YEAR = "%Y-%m-%d", "%G-%V", "%Y-%m", "%Y"
RULES = {
    "srv": ((DAY, 7), (WEEK, 2)),
    "compta": ((MONTH, 2), (YEAR, 3)),
}
"""Period patterns and counts, in the order in which borg-prune(1) applies its rules."""


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def borg(*args: str) -> subprocess.CompletedProcess[bytes]:
    """Run borg with a cache and a security folder of its own."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": "cat /root/.borg-pass",
            "BORG_RSH": "ssh -o BatchMode=yes -o ConnectTimeout=15",
        }
        return subprocess.run(
            ["/usr/bin/env", "borg", *args],
            env=env,
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
        )


def last(run: subprocess.CompletedProcess[bytes]) -> str:
    """The line of a command's error output that says most."""
    lines = run.stderr.decode(errors="replace").strip().splitlines()
    telling = [line for line in lines if "integrity error" in line or "not found in" in line]
    return (telling[:1] or lines[-1:] or [f"code de retour {run.returncode}"])[0]


def archives(expected: str) -> dict[str, datetime]:
    """The archives of the repository with their local times."""
    run = borg("list", "--bypass-lock", "--json", REPOSITORY)
    if run.returncode != 0:
        verdict(False, expected, last(run))
    return {
        a["name"]: datetime.fromisoformat(a["time"]) for a in json.loads(run.stdout)["archives"]
    }


def kept(series: Mapping[str, datetime], rules: tuple[tuple[str, int], ...]) -> set[str]:
    """The names that a policy keeps, by the algorithm of borg-prune(1).

    A rule keeps the last archive of each period, newest first, skipping (not counting) those
    that a former rule has kept; a rule that runs out of periods also keeps the oldest archive.
    """
    chosen: set[str] = set()
    newest_first = sorted(series, key=lambda name: series[name], reverse=True)
    for pattern, count in rules:
        period, taken = "", 0
        for name in newest_first:
            if taken == count:
                break
            if series[name].strftime(pattern) == period:
                continue
            period = series[name].strftime(pattern)
            if name not in chosen:
                chosen.add(name)
                taken += 1
        if taken < count and newest_first:
            chosen.add(newest_first[-1])
    return chosen


def of(host: str, names: Mapping[str, datetime]) -> dict[str, datetime]:
    """The archives of one host, whose name is followed by a year."""
    return {n: t for n, t in names.items() if re.fullmatch(rf"{host}-\d{{4}}-.*", n)}


def history(expected: str) -> dict[str, datetime]:
    """What was in the repository when the step began."""
    if not NOTE.is_file():
        verdict(False, expected, "les archives de l'étape n'ont pas encore été posées")
    return {n: datetime.fromisoformat(t) for n, t in json.loads(NOTE.read_text()).items()}


def series(host: str) -> None:
    """Of a host's planted archives, exactly those that its policy keeps are left."""
    expected = f"de la série {host} : ce que sa politique garde, ni plus ni moins"
    before, now = of(host, history(expected)), of(host, archives(expected))
    left = before.keys() & now.keys()
    # Archives made since count as well, but any of them may be later than the pruning.
    since = sorted(now.keys() - before.keys(), key=lambda name: now[name])
    allowed = [
        kept(before | {name: now[name] for name in since[:count]}, RULES[host]) & before.keys()
        for count in range(len(since) + 1)
    ]
    if left in allowed:
        verdict(True, expected, f"{len(left)} archives gardées sur {len(before)}")
    extra, lost = sorted(left - allowed[0]), sorted(allowed[0] - left)
    details = []
    if extra:
        details.append(f"{len(extra)} de trop, dont {extra[0]}")
    if lost:
        details.append(f"supprimées à tort : {len(lost)}, dont {lost[0]}")
    hint = "Celles-là ne reviennent pas : réinitialisez le laboratoire (F8)." if lost else ""
    verdict(False, expected, " ; ".join(details), hint)


def untouched() -> None:
    """All the archives of the third host are there."""
    expected = "les archives de srv-db sont toutes là"
    before = of("srv-db", history(expected))
    lost = sorted(before.keys() - archives(expected).keys())
    verdict(not lost, expected, f"disparues : {', '.join(lost)}" if lost else "toutes présentes")


def named() -> None:
    """The trainee's answer names the damaged archive and its file, and no other."""
    expected = f"{ANSWER} nomme l'archive abîmée et le fichier touché"
    if not ANSWER.is_file():
        verdict(False, expected, f"{ANSWER} n'existe pas")
    words = re.split(r"\s+|::", ANSWER.read_text(errors="replace").strip())
    wrong = [
        label
        for label, right in (("l'archive", DAMAGED.read_text().strip()), ("le fichier", FILE))
        if right not in [word.lstrip("/") for word in words]
    ]
    if not wrong and len(words) != 2:
        verdict(False, expected, f"{len(words)} noms : un seul de chaque")
    observed = " et ".join(wrong) + " : pas le bon" if wrong else "les deux sont justes"
    verdict(not wrong, expected, observed)


def sound() -> None:
    """``borg check`` finds no error, and no planted archive was given up."""
    expected = "borg check ne trouve aucune erreur, et aucune archive n'a disparu"
    abimee = DAMAGED.read_text().strip()
    lost = {abimee, f"{abimee}-bis"} - archives(expected).keys()
    if lost:
        verdict(False, expected, f"{len(lost)} archive(s) disparue(s)")
    run = borg("check", "--bypass-lock", REPOSITORY)
    verdict(run.returncode == 0, expected, "aucune erreur" if not run.returncode else last(run))


def healed() -> None:
    """The damaged archive gives the file back, byte for byte."""
    archive = DAMAGED.read_text().strip()
    expected = "l'archive abîmée rend son fichier à l'identique"
    run = borg("extract", "--bypass-lock", "--stdout", f"{REPOSITORY}::{archive}", FILE)
    if not run.stdout:
        verdict(False, expected, last(run))
    wanted = random.Random("releves " + os.environ["PCAPRA_CLIENT"]).randbytes(300 << 10)
    if not run.stdout.strip(b"\0"):
        verdict(False, expected, f"{len(run.stdout) >> 10} Kio de zéros")
    ok = hashlib.sha256(run.stdout).digest() == hashlib.sha256(wanted).digest()
    verdict(ok, expected, "identique" if ok else "le contenu diffère")


if sys.argv[1] in RULES:
    series(sys.argv[1])
{"srv-db": untouched, "nommee": named, "sain": sound, "guerie": healed}[sys.argv[1]]()
