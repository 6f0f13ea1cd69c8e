"""The exercise proved on two real machines.

One mutant a step, drawn by a new seed each time; all of them are what proof.json is made from,
and `pcapra-lab lint` refuses a stale one.
"""

import pytest
from lab_process import lab_home

pytestmark = pytest.mark.e2e


def test_every_step_is_red_then_green_and_its_drawn_mutant_is_killed() -> None:
    with lab_home() as home:
        result = home.json("replay", "borgbackup", "--mutants", "1", timeout=1800)
    wrong = [row for row in result["rows"] if not row["ok"]]
    assert not wrong
    stages = [(row["step"], row["stage"].split()[0]) for row in result["rows"]]
    assert stages.pop() == ("(exercice)", "rien")
    steps = dict.fromkeys(step for step, _ in stages)
    assert len(steps) >= 7
    for step in steps:
        assert stages.count((step, "rouge")) == 1
        assert stages.count((step, "vert")) == 1
        assert stages.count((step, "mutant")) == 1
    assert result["killed"] == result["mutants"]
