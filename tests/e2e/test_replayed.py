"""Exercises proved on real machines.

One mutant a step, drawn by a new seed each time; all of them are what proof.json is made from,
and `pcapra-lab lint` refuses a stale one. CI replays the lighter exercise whole, as root; ordinary
accounts replay Borg's first half in the same run (``test_unprivileged``), the rest of Borg is long.
"""

import pytest
from lab_process import lab_home

from pcapra_lab.content.catalogue import Catalogue


@pytest.mark.parametrize(
    "exercise",
    [
        pytest.param("fondamentaux", marks=pytest.mark.e2e),
        pytest.param("borgbackup", marks=pytest.mark.long),
    ],
)
def test_every_step_is_red_then_green_and_its_drawn_mutant_is_killed(exercise: str) -> None:
    with lab_home() as home:
        result = home.json("replay", exercise, "--mutants", "1", timeout=2400)
    wrong = [row for row in result["rows"] if not row["ok"]]
    assert not wrong
    rows = [row for row in result["rows"] if not row["stage"].startswith("mutant sans retour")]
    stages = [(row["step"], row["stage"].split()[0]) for row in rows]
    assert stages.pop() == ("(exercice)", "rien")
    on_machines = [s.id for s in Catalogue.load().exercise(exercise).steps if not s.is_quiz]
    assert len(on_machines) >= 6
    for step in on_machines:
        assert stages.count((step, "rouge")) == 1
        assert stages.count((step, "vert")) == 1
        assert stages.count((step, "mutant")) == 1
    assert result["killed"] == result["mutants"] >= len(on_machines)
