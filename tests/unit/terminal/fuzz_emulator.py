"""Hostile bytes for an emulator, for a process of its own: a fault of native code ends it.

Usage: ``fuzz_emulator.py CORE SEED SECONDS``. Prints how many bytes were survived.
"""

import random
import sys
import threading
import time
from collections.abc import Callable

from pcapra_lab.terminal import Emulator, Position, find
from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator

CORES: dict[str, Callable[[int, int], Emulator]] = {
    "bittty": BitttyEmulator,
    "ghostty": GhosttyEmulator,
}
FINALS = b"@ABCDEFGHIJKLMPSTXZ`abcdefghlmnpqrstux"
TEXTS = [
    "é",
    "漢",
    "e\u0301",
    "👨\u200d👩\u200d👧",
    "🇫🇷",
    "\u202e",
    "x" * 300,
    "\r\n" * 60,
    "\t",
    "\x7f",
]
MODES = [1, 3, 5, 6, 7, 25, 40, 45, 47, 69, 1000, 1003, 1006, 1047, 1048, 1049, 2004, 2026, 2027]
SMALL = [0, 1, 2, 3, 5, 19, 20, 21, 80, 255, 256, 65535, 65536, 2**31]


def sequence(rng: random.Random) -> bytes:
    """One piece of output: text, noise, or a control sequence."""
    kind = rng.randrange(8)
    if kind == 0:
        return rng.choice(TEXTS).encode() * rng.randrange(1, 40)
    if kind == 1:
        return rng.randbytes(rng.randrange(1, 200))
    if kind == 2:
        mode = rng.choice(MODES)
        return b"\x1b[?%d%c" % (mode, rng.choice(b"hlsr"))
    if kind == 3:
        return b"\x1b" + bytes([rng.choice(b"78cDEHMNOZ=>()*+#%nol|}~")]) + rng.randbytes(1)
    if kind == 4 and rng.random() < 0.3:
        return b"\x1b]8;id=%d;http://h/%s\x07" % (rng.randrange(9), rng.choice([b"", b"a" * 300]))
    if kind == 4:
        return b"\x1b]%d;%s\x07" % (rng.choice([0, 4, 8, 10, 52, 133]), rng.randbytes(20))
    if kind == 5:
        colour = b";".join(b"%d" % rng.randrange(260) for _ in range(rng.randrange(8)))
        return b"\x1b[" + colour + b"m" + rng.choice(TEXTS).encode()
    values = b";".join(b"%d" % rng.choice(SMALL) for _ in range(rng.randrange(4)))
    return b"\x1b[" + values + bytes([rng.choice(FINALS)])


def main(core: str, seed: int, seconds: float) -> None:
    """Feed, resize, scroll and draw until the time is over."""
    rng = random.Random(seed)  # noqa: S311
    emulator = CORES[core](80, 24)
    done = threading.Event()
    failures: list[BaseException] = []

    def draw() -> None:
        try:
            while not done.is_set():
                frame = emulator.frame(full=True)
                for line in frame.lines.values():
                    if not line.text.isascii() and "\x1b" in line.text:
                        raise AssertionError(line.text)
        except BaseException as error:  # noqa: BLE001  (told by the main thread)
            failures.append(error)

    drawer = threading.Thread(target=draw)
    drawer.start()
    survived = 0
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline and not failures:
            data = b"".join(sequence(rng) for _ in range(20))
            emulator.feed(data)
            survived += len(data)
            if rng.random() < 0.3:
                emulator.resize(
                    rng.choice([1, 20, 21, 80, 132, 500]), rng.choice([1, 5, 6, 24, 60])
                )
            if rng.random() < 0.2:
                emulator.scroll(rng.randrange(-2000, 2000))
            if rng.random() < 0.02:
                emulator.text()
                history = emulator.history()
                found = find(history, rng.choice(["x", "é", "xx\x7f", "漢"]))
                for match in found[:1] + found[-1:]:
                    place = Position(match[0].row, match[0].start)
                    emulator.between(place, Position(place.row + rng.randrange(50), 5))
            if rng.random() < 0.2:
                emulator.link_at(rng.randrange(-1, 600), rng.randrange(-1, 400))
    finally:
        done.set()
        drawer.join()
    if failures:
        raise failures[0]
    print(survived)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
