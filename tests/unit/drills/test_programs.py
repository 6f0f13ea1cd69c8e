"""The programs that drills run in the machines."""

import subprocess
import sys

import pytest

from pcapra_lab.drills import programs


@pytest.mark.parametrize("name", ["numbered", "witness", "control", "availability"])
def test_the_guest_s_programs_need_nothing_that_a_bare_machine_lacks(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", programs.program(name, "no job")],
        capture_output=True,
        text=True,
        check=False,
    )
    # They get as far as their job, which is none: every import has been found.
    assert ended.returncode == 1
    assert "ImportError" not in ended.stderr and "ModuleNotFoundError" not in ended.stderr
    assert "main" in ended.stderr, ended.stderr
