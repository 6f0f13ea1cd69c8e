"""Evidence that the clamped cores bear hostile output. See ``pcapra_lab.terminal``."""

import subprocess
import sys
from pathlib import Path

import pytest

FUZZER = Path(__file__).with_name("fuzz_emulator.py")


@pytest.mark.parametrize(("core", "seed", "seconds"), [("ghostty", 1, 8), ("bittty", 2, 4)])
def test_hostile_output_is_survived(core: str, seed: int, seconds: int) -> None:
    result = subprocess.run(
        [sys.executable, str(FUZZER), core, str(seed), str(seconds)],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
    )
    # A negative code is the signal that ended the process: -11 is a segmentation fault.
    assert result.returncode == 0, f"{core}, seed {seed}: {result.returncode}\n{result.stderr}"
    assert int(result.stdout) > 100_000
