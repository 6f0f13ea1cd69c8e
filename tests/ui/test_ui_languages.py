"""The app in English, in a process of its own: the language is fixed before the first import."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_app_speaks_english() -> None:
    folder = Path(__file__).parent / "english"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        env={**os.environ, "PCAPRA_TEST_LANG": "en"},
        cwd=folder.parents[2],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout and "skipped" not in done.stdout
