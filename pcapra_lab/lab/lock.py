"""One program at a time on a lab, and the name of the one that has it.

A lab is held by a session (the application, open for hours) or by a command (seconds to
minutes). Commands take turns: one that finds another waits for it. Nobody waits for a session.
"""

import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from tenacity import (
    Retrying,
    retry_if_result,
    stop_after_delay,
    stop_when_event_set,
    wait_fixed,
)

from pcapra_lab.errors import Cancelled, LabBusy
from pcapra_lab.i18n import _
from pcapra_lab.lab.daemons import await_true, start_time

FILE = "lock"
PATIENCE_SECONDS = 600.0
"""How long a command waits for its turn: a first preparation takes minutes."""
POLL_SECONDS = 0.2
"""flock(2) has no deadline, and a thread blocked in it cannot be called back: hence polling."""
SIGNING_SECONDS = 0.5
"""A holder signs within milliseconds, and a look (``in_use_by``) lasts less: beyond this, the
lab is held by a process that this one cannot see."""


class HolderKind(StrEnum):
    """Whether the holder will be done soon."""

    COMMAND = "commande"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who signed the lock."""

    kind: HolderKind
    pid: int
    started: str
    """Tells the process from a later one of the same number, see ``daemons.start_time``."""
    command: str
    since: float
    """Seconds since the epoch."""

    @property
    def words(self) -> str:
        """For a sentence: « pcapra-lab up » (processus 12, depuis 10:30)."""
        since = time.strftime("%H:%M", time.localtime(self.since))
        return _("« {command} » (processus {pid}, depuis {since})").format(
            command=self.command, pid=self.pid, since=since
        )


@dataclass(frozen=True, slots=True)
class Patience:
    """How a command waits for the one before it."""

    cancel: threading.Event
    say: Callable[[str], None]
    """Told once, in French, who is waited for; not called when nobody is."""
    deadline: float = PATIENCE_SECONDS
    """Seconds."""
    then: HolderKind = HolderKind.COMMAND
    """What the lab is held by once its turn has come: the plain mode waits for a command, and
    is a session for whoever comes next."""


class LabLock:
    """An advisory lock on a lab's folder. The kernel frees it when its holder dies.

    Args:
        kind: what others are told to expect: a command is waited for, a session is not.
    """

    def __init__(self, folder: Path, kind: HolderKind = HolderKind.SESSION) -> None:
        self._path = folder / FILE
        self._kind = kind
        self._handle: int | None = None

    def acquire(self, patience: Patience | None = None) -> None:
        """Take the lock.

        Args:
            patience: wait while a command has it. Without one, fail at once.

        Raises:
            LabBusy: another process has it, or still has it after the deadline; it is named.
            Cancelled: ``patience.cancel`` was set.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(handle, patience)
        except BaseException:
            os.close(handle)
            raise
        # A full disk must not keep a lab from being put to sleep: it is then held by a stranger.
        with suppress(OSError):
            self._sign(handle)
        self._handle = handle

    def release(self) -> None:
        """Give it back. Idempotent."""
        if self._handle is not None:
            # The next holder must not be taken for this one before it signs.
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def _take(self, handle: int, patience: Patience | None) -> None:
        await_true(
            lambda: _lock(handle) or _signed(self._path) is not None, timeout=SIGNING_SECONDS
        )
        if _lock(handle):
            return
        self._refuse_session()
        if patience is None:
            raise self._busy(_("déjà utilisé"))
        patience.say(_("en attente de {words}").format(words=_words(_signed(self._path))))
        waiter = Retrying(
            retry=retry_if_result(lambda taken: not taken),
            stop=stop_after_delay(patience.deadline) | stop_when_event_set(patience.cancel),
            wait=wait_fixed(POLL_SECONDS),
            retry_error_callback=lambda _state: False,
        )
        taken = waiter(self._try, handle)
        if patience.cancel.is_set():
            raise Cancelled
        if not taken:
            raise self._busy(
                _("toujours utilisé après {deadline:.0f} s").format(deadline=patience.deadline)
            )

    def _try(self, handle: int) -> bool:
        if _lock(handle):
            return True
        # One may have opened since the command that was waited for ended.
        self._refuse_session()
        return False

    def _refuse_session(self) -> None:
        holder = _signed(self._path)
        if holder is not None and holder.kind is HolderKind.SESSION:
            raise self._busy(_("déjà utilisé"))

    def _busy(self, how: str) -> LabBusy:
        holder = _signed(self._path)
        hint = _("fermez l'autre fenêtre, ou terminez ce processus, puis réessayez")
        if holder is not None and holder.kind is HolderKind.COMMAND:
            hint = _("réessayez quand cette commande aura fini, ou terminez ce processus")
        name = self._path.parent.name
        return LabBusy(
            _("le laboratoire {name} est {how} par {words}").format(
                name=name, how=how, words=_words(holder)
            ),
            hint=hint,
        )

    def _sign(self, handle: int) -> None:
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
        pid = os.getpid()
        holder = Holder(self._kind, pid, start_time(pid) or "", command, time.time())
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(asdict(holder)).encode(), 0)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *__: object) -> None:
        self.release()


def in_use_by(folder: Path) -> str:
    """Who has a lab, in words; empty when nobody does. Nobody is kept out by the look."""
    path = folder / FILE
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _words(_signed(path))
    finally:
        os.close(handle)
    return ""


def _words(holder: Holder | None) -> str:
    return holder.words if holder is not None else _("un autre processus")


def _lock(handle: int) -> bool:
    """Try to take the lock; True as well when this handle has it already."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signed(path: Path) -> Holder | None:
    """Who signed the lock, if it is a process that lives."""
    try:
        data = json.loads(path.read_text())
        holder = Holder(**{**data, "kind": HolderKind(data["kind"])})
    except (OSError, ValueError, TypeError, KeyError):
        # Not signed yet, or by another version of the program.
        return None
    return holder if start_time(holder.pid) == holder.started else None
