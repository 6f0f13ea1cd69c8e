"""Reading a large file once: its digest, its size, and where the reading has come to."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from pcapra_lab.errors import Cancelled

CHUNK = 1 << 20

Advance = Callable[[int], None]
"""Told how many bytes are done."""


def nothing(_done: int) -> None:
    """For those who watch nothing."""


def chunks(
    stream: IO[bytes], cancel: threading.Event | None, advance: Advance = nothing
) -> Iterator[bytes]:
    """What is left of a stream.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    done = 0
    while chunk := stream.read(CHUNK):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        yield chunk
        done += len(chunk)
        advance(done)


def digest(path: Path, cancel: threading.Event | None = None, advance: Advance = nothing) -> str:
    """A file's SHA-256, in hexadecimal.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    total = hashlib.sha256()
    with path.open("rb") as stream:
        for chunk in chunks(stream, cancel, advance):
            total.update(chunk)
    return total.hexdigest()
