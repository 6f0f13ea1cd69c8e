"""Real machines take minutes: their tests may, each up to a deadline of its own."""

import pytest

DEADLINES = {"e2e": 45 * 60, "bare": 80 * 60, "long": 3 * 3600}
"""Seconds; the deadlines inside the tests, which say what was awaited, are shorter."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, deadline in DEADLINES.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.timeout(deadline))
