"""What a retention should have left of a history that was planted before it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from lab_borg import archives
from lab_verdict import verdict

Rules = Sequence[tuple[str, int]]
"""Period patterns and counts, in the order in which borg-prune(1) applies its rules."""
Series = Mapping[str, datetime]
"""Local times of archives, by name."""


def history(note: Path, expected: str, missing: str) -> dict[str, datetime]:
    """What was in the repository when the step began, as it was noted."""
    if not note.is_file():
        verdict(False, expected, missing)
    return {
        name: datetime.fromisoformat(time) for name, time in json.loads(note.read_text()).items()
    }


def dated(repository: str, expected: str) -> dict[str, datetime]:
    """The archives that ``borg list`` names."""
    return {a["name"]: datetime.fromisoformat(a["time"]) for a in archives(repository, expected)}


def kept(series: Series, rules: Rules) -> set[str]:
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


def wrongs(before: Series, now: Series, rules: Rules) -> tuple[list[str], list[str]]:
    """Of the planted archives, those that should be gone, and those that should be there."""
    left = before.keys() & now.keys()
    # Archives made since count as well, but any of them may be later than the pruning.
    since = sorted(now.keys() - before.keys(), key=lambda name: now[name])
    allowed = [
        kept({**before, **{name: now[name] for name in since[:count]}}, rules) & before.keys()
        for count in range(len(since) + 1)
    ]
    if left in allowed:
        return [], []
    return sorted(left - allowed[0]), sorted(allowed[0] - left)


def details(extra: Sequence[str], lost: Sequence[str]) -> str:
    """Both in words; empty when there is nothing to say."""
    said = []
    if extra:
        said.append(f"{len(extra)} de trop, dont {extra[0]}")
    if lost:
        said.append(f"supprimées à tort : {len(lost)}, dont {lost[0]}")
    return " ; ".join(said)


def own_series(before: Series, now: Series, rules: Rules, expected: str) -> NoReturn:
    """Judge that, of srv's planted archives, exactly those that the policy keeps are left."""
    before, now = (
        {name: time for name, time in series.items() if name.startswith("srv-")}
        for series in (before, now)
    )
    extra, lost = wrongs(before, now, rules)
    if not extra and not lost:
        count = len(before.keys() & now.keys())
        verdict(True, expected, f"{count} archives gardées sur {len(before)}")
    hint = (
        "Elles ne reviennent pas : réinitialisez le laboratoire (F8) pour reprendre."
        if lost
        else ""
    )
    verdict(False, expected, details(extra, lost), hint)
