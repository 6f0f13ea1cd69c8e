import pytest

from pcapra_lab.progress.points import earned, share


@pytest.mark.parametrize(
    ("points", "hints", "helped", "expected"),
    [
        (10, 0, False, 10),
        (10, 1, False, 8),
        (10, 5, False, 0),
        (10, 9, False, 0),
        (10, 0, True, 0),
        (12, 1, False, 10),
        (13, 1, False, 10),
        (1, 3, False, 1),
    ],
)
def test_earned(points: int, hints: int, helped: bool, expected: int) -> None:
    assert earned(points, hints, helped=helped) == expected


@pytest.mark.parametrize(
    ("attempts", "shown", "part"),
    [(1, False, 1.0), (2, False, 0.8), (6, False, 0.0), (9, False, 0.0), (0, True, 0.0)],
)
def test_each_wrong_answer_costs_a_fifth_of_the_question(
    attempts: int, shown: bool, part: float
) -> None:
    assert share(attempts, shown=shown) == part
    assert earned(5, 1, helped=False, worth=10) == 3, "a hint costs of what the step is worth"
