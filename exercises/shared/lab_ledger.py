"""The register of orders of the final exercise: lines that carry their own checksum.

They are written as a drill's numbered writer writes its own, which takes these for another's.
"""

import os
import zlib
from pathlib import Path

LEDGER = Path("/srv/www/registre/commandes.txt")
COUNT = 40
"""Orders of the day before."""


def order(number: int) -> bytes:
    """One line: number, date, whose, CRC-32 of these."""
    body = f"{number} {1_700_000_000 + 60 * number}.000000 {os.environ['PCAPRA_CLIENT']}"
    return f"{body} {zlib.crc32(body.encode()):08x}\n".encode()


def orders() -> list[bytes]:
    """The lines that were there before anything happened."""
    return [order(number) for number in range(1, COUNT + 1)]


def sound(line: bytes) -> bool:
    """Whether a line is one that somebody wrote, unaltered."""
    body, _, checksum = line.rstrip(b"\n").rpartition(b" ")
    return body.count(b" ") == 2 and f"{zlib.crc32(body):08x}".encode() == checksum
