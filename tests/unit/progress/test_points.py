import pytest

from pcapra_lab.progress.points import earned


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
