"""What the host has free."""

import shutil
from pathlib import Path

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _


def free_memory_mib() -> int:
    """Memory that can be used without swapping (proc(5), ``MemAvailable``)."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    raise EnvironmentProblem(_("/proc/meminfo n'a pas MemAvailable"), hint=_("noyau trop ancien"))


def free_disk_mib(folder: Path) -> int:
    """Room left where ``folder`` is, or will be."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    return shutil.disk_usage(existing).free // 2**20
