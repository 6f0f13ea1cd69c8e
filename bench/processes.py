"""What the machines weigh on the host, read from /proc."""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Weight:
    """Of some processes, over a window."""

    memory_mib: float
    """Proportional set size: memory shared between them counts once."""
    cores: float
    """CPU time by wall time: 0.10 is ten per cent of one core."""


def weigh(text: str, window: float) -> Weight:
    """Memory and CPU of the processes whose command line contains ``text``."""
    pids = _pids(text)
    before, started = sum(map(_ticks, pids)), time.monotonic()
    # The window is the measure itself: CPU time is counted over it.
    time.sleep(window)
    spent = sum(map(_ticks, pids)) - before
    elapsed = time.monotonic() - started
    return Weight(sum(map(_pss_mib, pids)), spent / os.sysconf("SC_CLK_TCK") / elapsed)


def _pids(text: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"qemu-system" in command and text.encode() in command:
            found.append(int(folder.name))
    return found


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # proc(5): utime and stime are fields 14 and 15; the split starts at field 3.
    return int(fields[11]) + int(fields[12])


def _pss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/smaps_rollup has no Pss")
