"""Questions as one trainee gets them, and what their answers are worth."""

import pytest
from pydantic import TypeAdapter

from pcapra_lab.content.drawn import Drawn
from pcapra_lab.content.formula import exact
from pcapra_lab.content.quiz import Question
from pcapra_lab.errors import LabError
from pcapra_lab.grading.quiz import Posed, PosedNumber, pose

MINUTES = {
    "id": "minutes",
    "type": "number",
    "text": "{{client}} : {{dispo}} %, combien ?",
    "answer": "(100 - dispo) / 100 * 43200",
    "unit": "min",
    "tolerance": "1%",
    "mistakes": [{"value": "(100 - dispo) / 100 * 1440", "says": "Une journée de {{dispo}} %."}],
    "explanation": "Il reste {{answer}}.",
}
CHOICES = [
    {"text": "Trois copies", "right": True},
    {"text": "Deux supports", "right": True},
    {"text": "Trois sites", "why": "Un seul suffit."},
    {"text": "Une bande", "why": "Un disque suffit."},
]


def posed(question: object, seed: str = "graine", dispo: float = 99.9) -> Posed:
    drawn = Drawn({"client": "garage-roux"}, {"dispo": exact(dispo)}, seed)
    return pose(TypeAdapter[Question](Question).validate_python(question), drawn)


def judged(question: Posed, answer: str) -> tuple[bool, str]:
    verdict = question.judge(question.read(answer))
    return verdict.right, verdict.feedback


def test_a_number_is_asked_with_what_was_drawn() -> None:
    one = posed(MINUTES)
    assert one.text == "garage-roux : 99,9 %, combien ?"
    assert (one.solution, one.explanation) == ("43\u00a0min", "Il reste 43\u00a0min.")


@pytest.mark.parametrize("answer", ["43,2", "43.2 min", "43", "43,632", "42,768"])
def test_numbers_within_the_tolerance_are_right(answer: str) -> None:
    assert judged(posed(MINUTES), answer) == (True, "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("43,64", "C'est proche, mais un peu trop grand : vérifiez vos arrondis."),
        ("42,7", "C'est proche, mais un peu trop petit : vérifiez vos arrondis."),
        ("1,44", "Une journée de 99,9 %."),
        ("2592", "L'ordre de grandeur n'y est pas : la réponse est attendue en min."),
        ("0,72", "L'ordre de grandeur n'y est pas : la réponse est attendue en min."),
        ("-43,2", "Le signe n'est pas le bon."),
        ("90", "C'est trop grand."),
        ("3", "C'est trop petit."),
    ],
)
def test_a_wrong_number_says_why_and_never_the_answer(answer: str, said: str) -> None:
    assert judged(posed(MINUTES), answer) == (False, said)
    assert "43,2" not in said


def test_what_is_no_number_is_not_an_attempt() -> None:
    with pytest.raises(LabError, match="n'est pas un nombre") as caught:
        posed(MINUTES).read("beaucoup")
    assert "en min" in caught.value.hint


def test_the_right_choice_moves_with_the_seed() -> None:
    question = {
        "id": "regle", "type": "choice", "text": "?", "explanation": ".",
        "choices": [{"text": "oui", "right": True}, *({"text": f"non {n}"} for n in range(4))],
    }  # fmt: skip
    rights = {posed(question, f"graine {n}").right() for n in range(40)}
    assert rights == {"1", "2", "3", "4", "5"}


def test_a_choice_may_be_a_number_and_right_under_a_condition() -> None:
    question = {
        "id": "arret", "type": "choice", "text": "?", "explanation": ".", "unit": "min",
        "choices": [
            {"value": "(100 - dispo) * 432", "right": True},
            {"value": "(100 - dispo) * 43200", "why": "Un pourcentage se divise par cent."},
            {"text": "Rien", "when": "dispo == 100"},
        ],
    }  # fmt: skip
    one = posed(question)
    assert set(one.options) == {"43,2\u00a0min", "4320\u00a0min", "Rien"}
    assert one.solution == "43,2\u00a0min"
    wrong = str(one.options.index("4320\u00a0min") + 1)
    assert judged(one, wrong) == (False, "Un pourcentage se divise par cent.")
    with pytest.raises(LabError, match="une seule réponse"):
        one.read("1 2")


def test_several_choices_are_all_wanted_and_no_other() -> None:
    one = posed(
        {"id": "regle", "type": "choices", "text": "?", "explanation": ".", "choices": CHOICES}
    )
    rights = one.right().split()
    extra = str(one.options.index("Trois sites") + 1)
    assert judged(one, ", ".join(reversed(rights))) == (True, "")
    assert judged(one, rights[0]) == (False, "Il en manque.")
    assert judged(one, " ".join([*rights, extra])) == (False, "1 choix de trop. Un seul suffit.")
    assert judged(one, extra) == (False, "1 choix de trop. Un seul suffit. Il en manque.")


def test_an_order_is_never_offered_as_it_must_be() -> None:
    items = ["Détecter", "Basculer", "Vérifier"]
    question = {"id": "o", "type": "order", "text": "?", "explanation": ".", "items": items}
    for n in range(20):
        one = posed(question, f"graine {n}")
        assert list(one.options) != items
        assert [one.options[int(i) - 1] for i in one.right().split()] == items
    assert judged(one, one.right()) == (True, "")
    first, second, third = one.right().split()
    assert judged(one, f"{second} {first} {third}") == (False, "1 sur 3 à leur place.")
    with pytest.raises(LabError, match="toutes les propositions"):
        one.read("1 2")


@pytest.mark.parametrize("answer", ["", "0", "5", "1 1", "deux", "²"])
def test_what_is_no_option_is_not_an_attempt(answer: str) -> None:
    one = posed({"id": "r", "type": "choices", "text": "?", "explanation": ".", "choices": CHOICES})
    with pytest.raises(LabError, match="n'est pas une réponse"):
        one.read(answer)


@pytest.mark.parametrize("dispo", [99, 99.9, 99.95, 0.1])
@pytest.mark.parametrize("tolerance", ["1%", "0.01", "0"])
def test_right_answers_are_right_and_wrong_ones_wrong(dispo: float, tolerance: str) -> None:
    one = posed({**MINUTES, "tolerance": tolerance}, dispo=dispo)
    assert isinstance(one, PosedNumber)
    assert judged(one, one.right())[0]
    assert [name for name, _ in one.wrong()] == ["trop-grand", "trop-petit", "erreur-1"]
    assert not any(judged(one, answer)[0] for _, answer in one.wrong())
