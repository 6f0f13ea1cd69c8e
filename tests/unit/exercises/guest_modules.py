"""The modules that guest scripts share, imported as the machines do: from their own folder."""

import importlib
import sys
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parents[3] / "exercises/shared"


def guest_module(name: str) -> Any:
    """One of ``exercises/shared``; it has no types here, as it has none of the program's."""
    if str(SHARED) not in sys.path:
        sys.path.append(str(SHARED))
    return importlib.import_module(name)
