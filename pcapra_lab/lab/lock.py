"""One program at a time on a lab, and the name of the one that has it."""

import fcntl
import json
import os
import sys
import time
from pathlib import Path
from typing import Self

from pcapra_lab.errors import LabBusy


class LabLock:
    """An advisory lock on a lab's folder. The kernel frees it when its holder dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            LabBusy: another process has it; the message names it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise LabBusy(
                f"ce laboratoire est déjà utilisé par {self._holder()}",
                hint="fermez l'autre fenêtre, ou terminez ce processus, puis réessayez",
            ) from error
        holder = {"pid": os.getpid(), "command": " ".join(sys.argv)[:200], "since": time.time()}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(holder).encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give it back. Idempotent."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _holder(self) -> str:
        try:
            holder = json.loads(self._path.read_text())
            since = time.strftime("%H:%M", time.localtime(holder["since"]))
            return f"« {holder['command']} » (processus {holder['pid']}, depuis {since})"
        except (ValueError, KeyError, OSError):
            # The holder is between taking the lock and signing it.
            return "un autre processus"

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
