"""Puts the fakes on the path and offers the app as a trainee would find it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
