"""Two locks of a lab's faults, beside the lab's own: a trainer injects while the app holds that.

The short one guards the ledger's file. The long one gives each injection, lift, save and restore
its turn, so that none ever sees another half done. The kernel frees both when their holder dies.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcapra_lab.errors import LabBusy
from pcapra_lab.i18n import _
from pcapra_lab.lab.daemons import await_true

LEDGER_SECONDS = 10.0
TURN_SECONDS = 60.0
"""How long to wait for somebody else's injection or lift before giving up."""


class Turn:
    """One injection, lift, save or restore at a time on a lab. Not re-entrant.

    Args:
        folder: the lab's own.
        seconds: how long to wait for the others.
    """

    def __init__(self, folder: Path, seconds: float = TURN_SECONDS) -> None:
        self._path = folder / "faults.turn"
        self._seconds = seconds

    @contextmanager
    def taken(self, what: str) -> Iterator[None]:
        """Hold the turn.

        Args:
            what: what it is taken for, in French, told to those who wait in vain.

        Raises:
            LabBusy: another has held it all along; the message says who, and what for.
        """
        with locked(self._path, self._seconds) as handle:
            holder = _("{what} (« {argv} », processus {getpid})").format(
                what=what, argv=" ".join(sys.argv)[:120], getpid=os.getpid()
            )
            os.ftruncate(handle, 0)
            os.pwrite(handle, holder.encode(), 0)
            yield


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[int]:
    """Hold an exclusive flock(2) on ``path``; gives its handle.

    Raises:
        LabBusy: it was held for ``seconds``; the message has what the holder wrote in the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # flock(2) has no deadline, hence the polling.
        if not await_true(lambda: _try(handle), timeout=seconds):
            holder = os.pread(handle, 1000, 0).decode(errors="replace") or _("un autre processus")
            raise LabBusy(
                _(
                    "les pannes de ce laboratoire sont occupées depuis plus de {seconds:.0f} s : "
                    "{holder}"
                ).format(seconds=seconds, holder=holder),
                hint=_("attendez sa fin, ou terminez ce processus, puis réessayez"),
            )
        yield handle
    finally:
        os.close(handle)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
