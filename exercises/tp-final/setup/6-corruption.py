#!/usr/bin/env python3
"""web2: bytes change under everybody's feet. Sizes and dates stay, no error is told.

A price of the catalogue, some bytes of an image, and the second half of the register.
"""

import os
import random
from pathlib import Path

from lab_ledger import LEDGER
from lab_site import ROOT

drawn = random.Random(f"corruption {os.environ['PCAPRA_JETON']}")


def put(path: Path, at: int, data: bytes) -> None:
    """Other bytes in the same place, the dates put back."""
    status = path.stat()
    with path.open("r+b") as stream:
        stream.seek(at)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


catalogue = ROOT / "catalogue.csv"
content = catalogue.read_bytes()
starts = [
    at + 1
    for at, byte in enumerate(content[:-1])
    if byte == ord(";") and content[at + 1 : at + 2].isdigit()
]
place = drawn.choice(starts)
put(catalogue, place, str((int(content[place : place + 1]) + 5) % 10).encode())

image = ROOT / "images" / "vitrine.raw"
place = drawn.randrange(image.stat().st_size - 64)
put(image, place, bytes(byte ^ 0x5A for byte in image.read_bytes()[place : place + 64]))

size = LEDGER.stat().st_size
put(LEDGER, size // 2, bytes(size - size // 2))
