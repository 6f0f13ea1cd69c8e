"""The exercise proved on two real machines: red before, green after, every mutant killed."""

import pytest
from lab_process import lab_home

pytestmark = pytest.mark.e2e


def test_every_step_is_red_then_green_and_every_mutant_is_killed() -> None:
    with lab_home() as home:
        result = home.json("replay", "borgbackup", timeout=1800)
    wrong = [row for row in result["rows"] if not row["ok"]]
    assert not wrong
    stages = [(row["step"], row["stage"].split()[0]) for row in result["rows"]]
    steps = dict.fromkeys(step for step, _ in stages)
    assert len(steps) >= 7
    for step in steps:
        assert stages.count((step, "rouge")) == 1
        assert stages.count((step, "vert")) == 1
        assert stages.count((step, "mutant")) >= 2
    assert result["killed"] == result["mutants"]
