"""Fixes the language of the tests and their home, and puts the app's fakes on the path."""

import os
import sys
from pathlib import Path

import pytest

# Before anything is imported: the language is fixed by then. French, whatever the shell says.
os.environ["PCAPRA_LANG"] = os.environ.pop("PCAPRA_TEST_LANG", "fr")
sys.path.insert(0, str(Path(__file__).parent / "tests/ui"))

pytest_plugins = ["ci_time"]


@pytest.fixture(autouse=True)
def home_of_the_tests(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """No test reads or writes the account's own labs, but those that boot machines: its images."""
    if "e2e" not in request.path.parts:
        monkeypatch.setenv("PCAPRA_HOME", str(tmp_path_factory.getbasetemp() / "home"))
