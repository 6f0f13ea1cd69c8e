#!/usr/bin/env python3
"""Judge the retention: what is left of the history that setup/historique.sh planted.

Usage: retention.py serie | autres
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from lab_verdict import verdict

REPOSITORY = "/sauvegarde/depot"
NOTE = Path("/var/lib/pcapra/historique.json")
RULES = (("%Y-%m-%d", 7), ("%G-%V", 4), ("%Y-%m", 6))
"""Period patterns and counts of --keep-daily=7 --keep-weekly=4 --keep-monthly=6."""


def archives(expected: str) -> dict[str, datetime]:
    """The archives of the repository with their local times."""
    with tempfile.TemporaryDirectory() as base:
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "BORG_BASE_DIR": base,
            "BORG_KEYS_DIR": "/root/.config/borg/keys",
            "BORG_PASSCOMMAND": "cat /root/.borg-pass",
        }
        command = ["/usr/bin/env", "borg", "list", "--bypass-lock", "--json", REPOSITORY]
        run = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
        )
    if run.returncode != 0:
        verdict(False, expected, (run.stderr.strip().splitlines() or ["dépôt illisible"])[-1])
    return {
        a["name"]: datetime.fromisoformat(a["time"]) for a in json.loads(run.stdout)["archives"]
    }


def kept(series: Mapping[str, datetime]) -> set[str]:
    """The names that the policy keeps, by the algorithm of borg-prune(1).

    A rule keeps the last archive of each period, newest first, skipping (not counting) those
    that a former rule has kept; a rule that runs out of periods also keeps the oldest archive.
    """
    chosen: set[str] = set()
    newest_first = sorted(series, key=lambda name: series[name], reverse=True)
    for pattern, count in RULES:
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


def history(expected: str) -> dict[str, datetime]:
    """What was in the repository when the step began."""
    if not NOTE.is_file():
        verdict(False, expected, "l'historique de l'étape n'a pas encore été posé")
    return {
        name: datetime.fromisoformat(time) for name, time in json.loads(NOTE.read_text()).items()
    }


def own_series() -> None:
    """Of srv's planted archives, exactly those that the policy keeps are left."""
    expected = "de la série srv-* : 7 jours, 4 semaines, 6 mois, ni plus ni moins"
    before = {n: t for n, t in history(expected).items() if n.startswith("srv-")}
    now = {n: t for n, t in archives(expected).items() if n.startswith("srv-")}
    left = before.keys() & now.keys()
    # Archives made since count as well, but any of them may be later than the pruning.
    since = sorted(now.keys() - before.keys(), key=lambda name: now[name])
    allowed = [
        kept(before | {name: now[name] for name in since[:count]}) & before.keys()
        for count in range(len(since) + 1)
    ]
    if left in allowed:
        verdict(True, expected, f"{len(left)} archives gardées sur {len(before)}")
    target = allowed[0]
    extra, lost = sorted(left - target), sorted(target - left)
    details = []
    if extra:
        details.append(f"{len(extra)} de trop, dont {extra[0]}")
    if lost:
        details.append(f"supprimées à tort : {len(lost)}, dont {lost[0]}")
    hint = (
        "Elles ne reviennent pas : réinitialisez le laboratoire (F8) pour reprendre."
        if lost
        else ""
    )
    verdict(False, expected, " ; ".join(details), hint)


def other_series() -> None:
    """The archives of the other host are all there."""
    expected = "les archives compta-* d'un autre serveur sont toutes là"
    before = {name for name in history(expected) if name.startswith("compta-")}
    lost = sorted(before - archives(expected).keys())
    observed = f"disparues : {len(lost)}, dont {lost[0]}" if lost else f"{len(before)} présentes"
    verdict(not lost, expected, observed)


{"serie": own_series, "autres": other_series}[sys.argv[1]]()
