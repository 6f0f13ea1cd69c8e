"""What a lesson's card promises: machines, none, or none yet."""

import dataclasses

from pcapra_lab.session.api import LessonCard, StepState
from pcapra_lab.ui.home.rows import progress
from pcapra_lab.ui.text import STEPS

CARD = LessonCard(
    "1-essai",
    "01-essai",
    "1.1",
    "Essai",
    ready=True,
    exercise="essai",
    topology="duo",
    steps_total=2,
    prepared=True,
)


def test_a_lesson_that_cannot_be_graded_promises_no_machines() -> None:
    assert "prêt en quelques secondes" in progress(CARD).plain
    said = progress(dataclasses.replace(CARD, ungraded=True)).plain
    assert "non noté : le lot du formateur manque" in said
    assert "quelques secondes" not in said


def test_a_quiz_promises_no_machines() -> None:
    said = progress(dataclasses.replace(CARD, topology=None, prepared=False)).plain
    assert "des questions, sans machine" in said
    assert "préparation" not in said


def test_every_state_of_a_step_has_a_sign_and_a_word() -> None:
    assert set(STEPS) == set(StepState)
    assert STEPS[StepState.UNGRADED].word == "non notée"
