"""A unit's state in systemd's words."""

import time

from pcapra_lab.grading.guest.core import Fact, Item
from pcapra_lab.grading.guest.systemd import properties

PROPERTIES = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result")


def look(item: Item) -> Fact:
    """Ask systemd about ``unit``."""
    started = time.monotonic()
    told = properties(item["unit"], PROPERTIES, item["timeout"])
    return {
        "kind": "service",
        "load": told["LoadState"],
        "active": told["ActiveState"],
        "sub": told["SubState"],
        "file": told["UnitFileState"],
        "result": told["Result"],
        "restarts": int(told["NRestarts"] or 0),
        "seconds": time.monotonic() - started,
    }
