"""Fixes the language of the tests, and puts the app's fakes on the path."""

import os
import sys
from pathlib import Path

# Before anything is imported: the language is fixed by then. French, whatever the shell says.
os.environ["PCAPRA_LANG"] = os.environ.pop("PCAPRA_TEST_LANG", "fr")
sys.path.insert(0, str(Path(__file__).parent / "tests/ui"))
