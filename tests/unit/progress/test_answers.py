"""Answers in the progress database: counted, kept by run, and final once over."""

from pathlib import Path

import pytest

from pcapra_lab.progress.records import AnswerState
from pcapra_lab.progress.store import ProgressStore


@pytest.fixture
def store(tmp_path: Path) -> ProgressStore:
    store = ProgressStore(tmp_path / "progress.sqlite")
    store.enter("theorie", "calcul")
    return store


def test_answers_are_counted_until_one_is_right(store: ProgressStore) -> None:
    for given, right in (("1", False), ("2", False), ("3", True), ("4", False)):
        store.answers.record("theorie", "calcul", "q", given, right=right)
    one = store.answers.of("theorie", "calcul")["q"]
    assert (one.state, one.attempts, one.given) == (AnswerState.RIGHT, 3, "3")


def test_a_question_given_up_marks_the_step_and_a_right_one_does_not(store: ProgressStore) -> None:
    store.answers.record("theorie", "calcul", "q", "3", right=True)
    store.answers.give_up("theorie", "calcul", "q")
    assert not store.steps("theorie")["calcul"].helped
    store.answers.record("theorie", "calcul", "r", "1", right=False)
    store.answers.give_up("theorie", "calcul", "r")
    store.answers.record("theorie", "calcul", "r", "2", right=True)
    one = store.answers.of("theorie", "calcul")["r"]
    assert (one.state, one.attempts) == (AnswerState.SHOWN, 1)
    assert store.steps("theorie")["calcul"].helped


def test_a_new_run_asks_again_and_a_step_never_entered_is_a_defect(store: ProgressStore) -> None:
    store.answers.record("theorie", "calcul", "q", "3", right=True)
    store.restart("theorie")
    assert store.answers.of("theorie", "calcul") == {}
    with pytest.raises(KeyError):
        store.answers.record("theorie", "calcul", "q", "3", right=True)


def test_the_score_of_a_quiz_is_what_it_earns_also_when_helped(store: ProgressStore) -> None:
    store.answers.give_up("theorie", "calcul", "q")
    store.finish("theorie", "calcul", next_step=None, score=0.5)
    record = store.steps("theorie")["calcul"]
    assert record.helped and record.earned(10) == 5
    store.finish("theorie", "calcul", next_step=None, score=1.0)
    assert store.steps("theorie")["calcul"].earned(10) == 5, "what was earned stays"
