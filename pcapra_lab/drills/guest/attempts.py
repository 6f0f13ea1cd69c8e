"""One try of a probe: a connection or a command, which nothing waits for. Standard library only.

Every try is a connection of its own. What the program was late by, because its machine was busy,
is told with each try, and added to its time-out: a service is not called down for what was our
own slowness.
"""

import errno
import os
import re
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Job = dict[str, Any]
Ended = Callable[["Attempt", bool | None, str], None]

PATIENCE = 1.0
"""Seconds of our own lateness in one try: with more, it says nothing of the service."""
CROWD = 16
"""Commands at once: beyond, starting more would only make all of them late."""
BODY = 65536
"""Bytes: what is read of an answer at most."""


class Attempt:
    """One try: begun, made to go on when its descriptor is ready, ended once."""

    def __init__(self, spec: Job, number: int, due: float, ended: Ended) -> None:
        self.spec = spec
        self.number = number
        self.due = due
        self.began = time.monotonic()
        self.deadline = self.began + spec["timeout"]
        self.lag = 0.0
        """Seconds in which this program did not get to run."""
        self.missed = 0
        """Turns left out before this one."""
        self.output = ""
        self._ended = ended
        self._over = False

    def start(self, selector: selectors.BaseSelector) -> None:
        """Begin."""
        raise NotImplementedError

    def ready(self, selector: selectors.BaseSelector) -> None:
        """The descriptor is ready."""
        raise NotImplementedError

    def abandon(self, selector: selectors.BaseSelector) -> None:
        """Let go of it, without waiting."""
        raise NotImplementedError

    def late(self, seconds: float) -> None:
        """This program did not run for a while: give the service its time back, within reason."""
        self.deadline += max(0.0, min(seconds, PATIENCE - self.lag))
        self.lag += seconds

    def expire(self, selector: selectors.BaseSelector) -> None:
        """The time is over."""
        self.abandon(selector)
        if self.lag > PATIENCE:
            self.end(None, "stalled")
        else:
            self.end(False, "timeout")

    def end(self, up: bool | None, why: str = "") -> None:
        """It has come to this; None: it says nothing of the service."""
        if not self._over:
            self._over = True
            self._ended(self, up, why)


class Connection(Attempt):
    """A TCP connection, and a request over it if there is one."""

    def start(self, selector: selectors.BaseSelector) -> None:
        """See ``Attempt.start``."""
        self._heard = b""
        self._asked = False
        try:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            self.end(None, _code(error.errno))
            return
        failed = self._socket.connect_ex((self.spec["host"], self.spec["port"]))
        if failed not in (0, errno.EINPROGRESS):
            self._socket.close()
            self.end(False, _code(failed))
            return
        selector.register(self._socket, selectors.EVENT_WRITE, self)

    def ready(self, selector: selectors.BaseSelector) -> None:
        """See ``Attempt.ready``."""
        try:
            if not self._asked:
                self._connected(selector)
            else:
                self._answered(selector)
        except OSError as error:
            self._finish(selector, False, _code(error.errno))

    def abandon(self, selector: selectors.BaseSelector) -> None:
        """See ``Attempt.abandon``."""
        with suppress(KeyError, ValueError):
            selector.unregister(self._socket)
        self._socket.close()

    def _connected(self, selector: selectors.BaseSelector) -> None:
        failed = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            self._finish(selector, False, _code(failed))
        elif "request" not in self.spec:
            self._finish(selector, True)
        else:
            self._socket.send(self.spec["request"].encode("ascii"))
            self._asked = True
            selector.modify(self._socket, selectors.EVENT_READ, self)

    def _answered(self, selector: selectors.BaseSelector) -> None:
        data = self._socket.recv(BODY)
        self._heard += data
        if not data or len(self._heard) >= BODY or whole(self._heard):
            up, why = judged(self._heard, self.spec["status"])
            if up and not data and not whole(self._heard, at_end=True):
                up, why = False, "cut"
            self._finish(selector, up, why)

    def _finish(self, selector: selectors.BaseSelector, up: bool, why: str = "") -> None:
        self.abandon(selector)
        self.end(up, why)


class Command(Attempt):
    """A command, which succeeds or not."""

    running = 0

    def start(self, selector: selectors.BaseSelector) -> None:
        """See ``Attempt.start``."""
        if Command.running >= CROWD:
            self.end(None, "crowded")
            return
        try:
            self._process = subprocess.Popen(
                self.spec["run"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C", "PCAPRA_NUMBER": str(self.number)},
            )
        except OSError as error:
            self.end(None, "not-run" if error.errno == errno.ENOENT else _code(error.errno))
            return
        Command.running += 1
        self._handle = os.pidfd_open(self._process.pid)
        selector.register(self._handle, selectors.EVENT_READ, self)

    def ready(self, selector: selectors.BaseSelector) -> None:
        """See ``Attempt.ready``. Also when one that was given up has ended at last."""
        selector.unregister(self._handle)
        os.close(self._handle)
        Command.running -= 1
        status = self._process.wait()
        assert self._process.stdout is not None
        with self._process.stdout as said:
            # What it started may keep the pipe open: only what is there already.
            os.set_blocking(said.fileno(), False)
            self.output = (said.read(4096) or b"").decode("utf-8", "replace")
        self.end(status == 0, "" if status == 0 else f"exit-{status}")

    def abandon(self, selector: selectors.BaseSelector) -> None:
        """See ``Attempt.abandon``: it is killed, and collected once it is dead."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


TYPES: dict[str, type[Attempt]] = {"http": Connection, "tcp": Connection, "command": Command}


def judged(heard: bytes, wanted: list[int] | None) -> tuple[bool, str]:
    """Whether an answer is the one wanted: by its status, any success without one."""
    status = re.match(rb"HTTP/1\.[01] (\d{3})", heard)
    if status is None:
        return False, "no-answer"
    code = int(status[1])
    up = code in wanted if wanted else 200 <= code < 400
    return up, "" if up else f"status-{code}"


def whole(heard: bytes, at_end: bool = False) -> bool:
    """Whether an answer is there to its last byte.

    Args:
        at_end: nothing more comes: enough for an answer that does not tell its length.
    """
    head, blank, body = heard.partition(b"\r\n\r\n")
    if not blank:
        return False
    length = re.search(rb"\r\ncontent-length:\s*(\d+)", head, re.IGNORECASE)
    return len(body) >= int(length[1]) if length else at_end


def _code(number: int | None) -> str:
    if number == errno.ECONNREFUSED:
        return "refused"
    if number == errno.ECONNRESET:
        return "reset"
    return errno.errorcode.get(number or 0, "EIO").lower()
