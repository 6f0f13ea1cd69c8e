"""Kills, full disks, races and faults left behind: `up` always succeeds, nothing is lost.

``PCAPRA_CHAOS`` is the number of interruptions, ``PCAPRA_CHAOS_SEED`` the first seed.
"""

import os

import pytest
from chaos import chaos

pytestmark = pytest.mark.e2e
COUNT = int(os.environ.get("PCAPRA_CHAOS", "12"))
SEED = int(os.environ.get("PCAPRA_CHAOS_SEED", "20261123"))


def test_the_lab_survives_interruptions(capsys: pytest.CaptureFixture[str]) -> None:
    survived = 0
    with chaos() as lab:
        lab.begin()
        for number in range(1, COUNT + 1):
            trial = lab.trial(number, SEED + number)
            survived += 1
            with capsys.disabled():
                print(f"\n{trial}", end="", flush=True)
        lab.end()
    with capsys.disabled():
        print(f"\n{survived} interruptions survived, seeds {SEED + 1} to {SEED + COUNT}")
    assert survived == COUNT
