"""Ordinary accounts: the wheel installed outside the checkout, session daemons, no root.

Two of them replay the exercise at once on one host, without touching one another. Their homes
are long, so that socket paths derived from them would not fit, and no XDG variable is set.

In CI the first stops at the restoration, since root replays the whole in the same run (the
budget is 45 minutes): ``PCAPRA_USER_UNTIL=automatisation`` plays it to its end.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from accounts import Account, build_wheel, throwaway_account
from lab_process import listening_ports, wait_until

from pcapra_lab.content.catalogue import Catalogue

UNTIL = os.environ.get("PCAPRA_USER_UNTIL", "restauration")
STEPS = [step.id for step in Catalogue.load().exercise("borgbackup").steps]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes throwaway accounts: needs root"),
]


@pytest.fixture
def accounts() -> Iterator[tuple[Account, Account]]:
    with throwaway_account("a") as first, throwaway_account("b") as second:
        yield first, second


def test_two_ordinary_users_replay_the_exercise_at_once(
    accounts: tuple[Account, Account], tmp_path: Path
) -> None:
    first, second = accounts
    wheel = build_wheel(tmp_path)
    for account in accounts:
        account.install(wheel)
    done = first.lab("list", timeout=60)
    assert "BorgBackup" in done.stdout, done.stderr
    built = first.lab("image", "build", timeout=1200)
    assert built.returncode == 0, built.stderr
    second.take_images_of(first)

    long = first.spawn("replay", "borgbackup", "--mutants", "0", "--until", UNTIL, "--json")
    start = second.spawn("replay", "borgbackup", "--mutants", "1", "--until", "depot", "--json")
    for account in accounts:
        wait_until(partial(has_both_machines, account), "two machines", timeout=300)
    ours, theirs = machines(first), machines(second)
    assert not segments(ours) & segments(theirs)
    assert not listening_ports(set(ours)) & listening_ports(set(theirs))

    assert len(rows(start)) >= 6
    played = list(dict.fromkeys(row["step"] for row in rows(long)))
    assert played == STEPS[: STEPS.index(UNTIL) + 1]
    for account in accounts:
        assert account.processes() == {}, "the replay left processes behind"


def machines(account: Account) -> dict[int, str]:
    # Not the QEMUs without a guest that libvirt starts to ask what they can do.
    return {pid: line for pid, line in account.processes().items() if "-name guest=" in line}


def has_both_machines(account: Account) -> bool:
    return len(machines(account)) == 2


def segments(running: dict[int, str]) -> set[str]:
    found = {match[1] for line in running.values() if (match := re.search(r"mcast=([^,]+)", line))}
    assert len(found) == 1, "the machines of a lab share one segment"
    return found


def rows(replay: "subprocess.Popen[str]") -> list[dict[str, object]]:
    """The replay's lines, all of them right."""
    out, complaint = replay.communicate(timeout=2400)
    assert out, complaint
    found: list[dict[str, object]] = json.loads(out)["rows"]
    assert [row for row in found if not row["ok"]] == []
    return found
