"""``python -m bench.terminal.cores CORE STREAM MEGABYTES``: an emulator alone, in MB/s."""

import sys
import time

from bench.terminal.streams import COLUMNS, ROWS, STREAMS
from pcapra_lab.terminal import Emulator, create_emulator

_CHUNK = 64 * 1024
_SAMPLE = 1_000_000


def core(name: str) -> Emulator:
    """``ours``, as the app makes it, or ``pyte``."""
    if name == "pyte":
        from bench.terminal.pyte_emulator import PyteEmulator

        return PyteEmulator(COLUMNS, ROWS)
    return create_emulator(COLUMNS, ROWS)


def speed(emulator: Emulator, data: bytes, megabytes: int) -> float:
    """MB/s of ``data`` fed over and over."""
    chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    rounds = max(1, megabytes * 1_000_000 // len(data))
    started = time.perf_counter()
    for _ in range(rounds):
        for chunk in chunks:
            emulator.feed(chunk)
    return rounds * len(data) / 1e6 / (time.perf_counter() - started)


if __name__ == "__main__":
    made = core(sys.argv[1])
    print(speed(made, STREAMS[sys.argv[2]](_SAMPLE), int(sys.argv[3])))
