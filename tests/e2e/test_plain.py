"""Whole lessons in plain mode, without a network, as a person would, without solutions."""

import pytest
from lab_process import PROGRAM, lab_home
from no_network import no_network
from plain_person import Person

from pcapra_lab.content.catalogue import Catalogue

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    "exercise",
    [
        "borgbackup",
        "borg-production",
        "restic",
        "restic-s3",
        "bareos",
        "pbs",
        "comparatif",
        "audit",
    ],
)
def test_a_lesson_is_followed_to_its_end_without_a_network(exercise: str) -> None:
    steps = Catalogue.load().exercise(exercise).steps
    with lab_home() as home:
        built = home.run("image", "build", timeout=1800)
        assert built.returncode == 0, built.stderr
        with no_network(home) as offline:
            person = Person(offline.there(str(PROGRAM), "plain", exercise), home.env)
            try:
                status = person.follow_the_lesson()
            finally:
                person.leave()
            state = home.json("status", exercise)
            offline.run("down", exercise, "--delete", "--yes")
    assert status == 0, person.heard[-5000:]
    assert [step["state"] for step in state["steps"]] == ["done"] * len(steps)
    assert state["earned"] == state["total"]
    assert state["current_step"] is None
    assert "\x1b" not in person.heard
    assert person.heard.rstrip().endswith("les endort.")
