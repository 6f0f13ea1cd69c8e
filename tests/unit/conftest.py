"""No test of this folder reads or writes the account's own labs and progress."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def home_of_the_tests() -> Iterator[None]:
    """A home for the program, also in the processes that tests start."""
    folder = Path(tempfile.mkdtemp(prefix="pcapra-tests-"))
    before = os.environ.get("PCAPRA_HOME")
    os.environ["PCAPRA_HOME"] = str(folder)
    yield
    if before is None:
        del os.environ["PCAPRA_HOME"]
    else:
        os.environ["PCAPRA_HOME"] = before
    shutil.rmtree(folder)
