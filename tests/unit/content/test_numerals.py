"""Numbers in and out, as a French reader has them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.content.numerals import canonical, french, read_number


@pytest.mark.parametrize(
    ("value", "words", "point"),
    [
        (Fraction(216, 5), "43,2", "43.2"),
        (Fraction(43200), "43\u00a0200", "43200"),
        (Fraction(-1, 8), "-0,125", "-0.125"),
        (Fraction(1, 3), "0,333333", "0.333333"),
        (Fraction(0), "0", "0"),
        (Fraction(-1, 10**9), "0", "0"),
    ],
)
def test_writing(value: Fraction, words: str, point: str) -> None:
    assert (french(value), canonical(value)) == (words, point)


@pytest.mark.parametrize(
    "text", ["43,2", " 43.2 ", "43,2 min", "43,20min", "43,2\u00a0MIN", "+43,2"]
)
def test_reading(text: str) -> None:
    assert read_number(text, "min") == Fraction(216, 5)


def test_reading_threes() -> None:
    assert read_number("1 234 567,5") == Fraction("1234567.5")
    assert read_number("43\u202f200") == 43200


@pytest.mark.parametrize(
    "text", ["", "min", "abc", "4 3", "1,2,3", "1e5", "٤٣", "--1", "1" * 40, "nan", "1/3"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_number(text, "min")


@given(st.decimals(-(10**9), 10**9, places=6))
def test_what_is_written_is_read_back(number: object) -> None:
    value = Fraction(str(number))
    assert read_number(french(value)) == value == read_number(canonical(value))
