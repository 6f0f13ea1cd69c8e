"""Who uses a daemon: any number of users, or one that starts or stops it, across processes.

Locks of flock(2) belong to an open file: two of one process exclude each other as two processes'
do, and the kernel frees them when their holder dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lease:
    """A share in a daemon: as long as it is held, nobody stops the daemon.

    Waits for whoever is stopping it, which has a deadline of its own.
    """

    def __init__(self, path: Path) -> None:
        self._handle: int | None = _open(path)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def release(self) -> None:
        """Give it back. Idempotent."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __del__(self) -> None:
        # A connection that broke is replaced, not closed.
        self.release()


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One at a time; waits for the others, which do not take long."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether nobody holds a lease; if so, none is given until the end of the block."""
    handle = _open(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
