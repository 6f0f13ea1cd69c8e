#!/usr/bin/env python3
"""Judge the retention: what is left of the history that setup/historique.sh planted.

Usage: retention.py serie | autres
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lab_restic import answer
from lab_verdict import verdict

NOTE = Path("/var/lib/pcapra/historique.json")
RULES: tuple[tuple[str, int], ...] = (("%Y-%m-%d", 3), ("%G-%V", 2), ("%Y-%m", 2), ("%Y", 2))
"""Periods and counts of --keep-daily 3 --keep-weekly 2 --keep-monthly 2 --keep-yearly 2."""


@dataclass(frozen=True)
class Snapshot:
    """What a policy looks at."""

    id: str
    time: datetime
    host: str
    paths: tuple[str, ...]
    tags: tuple[str, ...]


def read(text: str) -> dict[str, Snapshot]:
    """Snapshots by id, from what ``restic snapshots --json`` says."""
    return {
        one["id"]: Snapshot(
            one["id"],
            datetime.fromisoformat(one["time"][:19]),
            one["hostname"],
            tuple(one["paths"]),
            tuple(one.get("tags") or ()),
        )
        for one in json.loads(text) or []
    }


def present(expected: str) -> dict[str, Snapshot]:
    """The snapshots of the repository."""
    said = answer(expected, "snapshots", "--json", otherwise="dépôt illisible")
    return read(said.decode(errors="replace"))


def kept(group: Iterable[Snapshot]) -> set[str]:
    """What the policy keeps of a group, by the algorithm of restic 0.14: each rule counts alone,
    newest first, the last snapshot of each of so many periods that have any."""
    chosen = set()
    newest_first = sorted(group, key=lambda one: one.time, reverse=True)
    for pattern, count in RULES:
        period, taken = "", 0
        for one in newest_first:
            if taken < count and one.time.strftime(pattern) != period:
                period, taken = one.time.strftime(pattern), taken + 1
                chosen.add(one.id)
    return chosen


def policy(snapshots: Iterable[Snapshot], key: Callable[[Snapshot], object]) -> set[str]:
    """What the policy keeps of all groups."""
    groups: dict[object, list[Snapshot]] = {}
    for one in snapshots:
        groups.setdefault(key(one), []).append(one)
    return {name for group in groups.values() for name in kept(group)}


def history(expected: str) -> dict[str, Snapshot]:
    """What was in the repository when the step began."""
    if not NOTE.is_file():
        verdict(False, expected, "l'historique de l'étape n'a pas encore été posé")
    return read(NOTE.read_text())


def own_series() -> None:
    """Of srv's planted snapshots, exactly those that the policy keeps are left."""
    expected = "de la série de srv : 3 jours, 2 semaines, 2 mois, 2 années, ni plus ni moins"
    before = {i: s for i, s in history(expected).items() if s.host == "srv"}
    planted = {i for i, s in before.items() if any("journal.bin" in path for path in s.paths)}
    now = present(expected)
    left = planted & now.keys()
    since = [s for i, s in now.items() if i not in history(expected) and s.host == "srv"]
    allowed = []
    # Grouped by host, or by host and paths as restic does by itself; the night's alone, or all.
    for nightly in (True, False):
        for count in {0, len(since)}:
            pool = [
                s
                for s in [*before.values(), *sorted(since, key=lambda one: one.time)[:count]]
                if not nightly or "nuit" in s.tags
            ]
            allowed.append(policy(pool, lambda s: s.host) & planted)
            allowed.append(policy(pool, lambda s: (s.host, s.paths)) & planted)
    if left in allowed:
        verdict(True, expected, f"{len(left)} instantanés gardés sur {len(planted)}")
    extra, lost = sorted(left - allowed[0]), sorted(allowed[0] - left)
    details = []
    if extra:
        details.append(f"{len(extra)} de trop, dont {extra[0][:8]}")
    if lost:
        details.append(f"oubliés à tort : {len(lost)}, dont {lost[0][:8]}")
    hint = (
        "Ils ne reviennent pas : réinitialisez le laboratoire (F8) pour reprendre." if lost else ""
    )
    verdict(False, expected, " ; ".join(details), hint)


def other_series() -> None:
    """The snapshots of the other host are all there."""
    expected = "les instantanés de recette, un autre serveur, sont tous là"
    before = {i for i, s in history(expected).items() if s.host == "recette"}
    lost = sorted(before - present(expected).keys())
    observed = f"disparus : {len(lost)}, dont {lost[0][:8]}" if lost else f"{len(before)} présents"
    verdict(not lost, expected, observed)


{"serie": own_series, "autres": other_series}[sys.argv[1]]()
