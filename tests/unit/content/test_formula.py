"""What a formula may say, and what it may not."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcapra_lab.content.formula import FormulaError, evaluate, exact, holds, variables

VALUES = {"dispo": exact(99.9), "rpo-heures": Fraction(4), "zero": Fraction(0)}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("(100 - dispo) / 100 * 30 * 24 * 60", Fraction(216, 5)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("rpo_heures // 3 + rpo_heures % 3", Fraction(2)),
        ("2 ** -2", Fraction(1, 4)),
        ("max(1, min(rpo_heures, 3))", Fraction(3)),
        ("round(2.6) + ceil(0.2) - floor(0.9) + abs(-1)", Fraction(5)),
        ("1 if rpo_heures > 3 and not rpo_heures == 5 else 2", Fraction(1)),
        ("(1 - 0.999 ** 2) * 1000000", Fraction(1999)),
    ],
)
def test_arithmetic_is_exact(formula: str, value: Fraction) -> None:
    assert evaluate(formula, VALUES) == value


def test_conditions() -> None:
    assert holds("1 <= rpo_heures < 5", VALUES)
    assert not holds("rpo_heures > 5 or rpo_heures != 4", VALUES)
    assert variables("max(dispo, 1) + rpo_heures") == {"dispo", "rpo_heures"}


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("__import__('os').system('id')", "n'est pas une formule"),
        ("open(1)", "n'est pas permis"),
        ("dispo.__class__", "n'est pas permis"),
        ("[1, 2][0]", "n'est pas permis"),
        ("(lambda: 1)()", "n'est pas permis"),
        ("'a' * 3", "n'est pas une formule"),
        ("True + 1", "n'est pas permis"),
        ("1j", "n'est pas permis"),
        ("dispo + rto", "nombre inconnu « rto »"),
        ("1 / zero", "division par zéro"),
        ("zero ** -1", "division par zéro"),
        ("9 ** 9 ** 9", "exposant"),
        ("2 ** 0.5", "exposant"),
        ("((9 ** 64) ** 64) ** 64", "démesuré"),
        ("1 +", "n'est pas une formule"),
        ("(" * 150, "n'est pas une formule"),
        ("1" * 300, "trop longue"),
        ("dispo > 1", "pas une condition"),
        ("round(1, 2)", "ne s'emploie pas"),
        ("1e400", "n'est pas permis"),
    ],
)
def test_what_is_refused(formula: str, words: str) -> None:
    with pytest.raises(FormulaError, match=words):
        evaluate(formula, VALUES)
    if formula not in ("dispo > 1",):
        with pytest.raises(FormulaError):
            holds(formula, VALUES)


@pytest.mark.filterwarnings("error")
def test_an_odd_escape_is_refused_before_the_parser_warns_of_it() -> None:
    with pytest.raises(FormulaError, match="n'est pas une formule"):
        evaluate(r"'\d' + 1", VALUES)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.+-*/%()<>= _adiosp,'ifelsenotmax[]{}:\n\\", max_size=60))
def test_any_text_is_a_number_a_refusal_and_never_a_crash(formula: str) -> None:
    try:
        assert isinstance(evaluate(formula, VALUES), Fraction)
    except FormulaError as error:
        assert str(error)
