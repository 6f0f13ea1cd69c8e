"""What CI's time allows: the longest tests first, and none of e2e begun after the deadline."""

import os
import time

import pytest

FIRST = ("test_unprivileged", "test_replayed", "test_chaos")
"""Begun last, one of these could end long after the deadline on a slow host."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, in the order above; the others in their own."""
    rank = {stem: place for place, stem in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(FIRST)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """``PCAPRA_DEADLINE``, in seconds since the epoch: set by ``.ci/run``, by nothing else."""
    if "e2e" not in item.path.parts:
        return
    deadline = float(os.environ.get("PCAPRA_DEADLINE", "inf"))
    if time.time() > deadline:
        pytest.skip("this host is too slow for CI's time: not begun")
