"""Commands as root on one VM, through the agent that its saved state keeps in memory.

No network and no key exchange: a virtio port, which the hypervisor shows as a Unix socket of its
own account. The protocol is told in the guest's half, ``vm-images/images/base``: ``agent/``.
QEMU serves one client at a time and lets the next one wait (qemu(1), ``-chardev socket``), hence
a lock beside the socket's owner: who does not get it uses SSH.
"""

import base64
import fcntl
import itertools
import json
import os
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import OUTPUT_LIMIT, CommandResult

PROTOCOL = 1
REPLY_LIMIT = 4 * OUTPUT_LIMIT
"""Bytes of one answer: both outputs in base 64. A guest that says more is cut off, not obeyed."""
REPLY_MARGIN = 10.0
"""Seconds beyond a command's deadline for the guest, which enforces it, to say so."""
POLL_SECONDS = 0.2
"""How late a cancel may be noticed while the machine boots in silence."""
GIVE_UP_SECONDS = 1.0
"""For the agent to be told that a command is given up: it ends by its own deadline anyway."""
CHUNK = 65536
_HINT = _(
    "pcapra-lab status montre l'état des machines ; pcapra-lab reset --vm {vm} remet celle-ci"
)


class AgentUnavailable(Exception):
    """The agent cannot be spoken to; nothing was asked of it. SSH may still work."""


class AgentLink:
    """A connection to one machine's agent. Thread-safe: commands run side by side on it.

    Args:
        vm: the machine's name.
        port: the Unix socket that leads to it.
        lock: a file of the lab's own, held while connected.
    """

    def __init__(self, vm: str, port: Path, lock: Path) -> None:
        self.vm = vm
        self._port = port
        self._lock = lock
        self._held: int | None = None
        self._socket: socket.socket | None = None
        self._nonce = secrets.token_hex(8)
        self._numbers = itertools.count()
        self._waiting: dict[str, Future[dict[str, Any]]] = {}
        self._writing = threading.Lock()
        self._state = threading.Lock()

    @property
    def connected(self) -> bool:
        """Whether the agent has answered, and its machine has not gone since."""
        return self._socket is not None

    def connect(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        """Wait until the agent answers: what is said to a machine that boots is kept for it.

        Args:
            timeout: seconds.
            waiting: called now and then, to show progress or to raise.

        Raises:
            AgentUnavailable: no answer in time, another version, or another program's turn.
            Cancelled: ``cancel`` was set.
        """
        opened = self._open()
        try:
            opened.sendall(b"\n" + _line({"hello": self._nonce}))
            rest = self._await_hello(opened, time.monotonic() + timeout, cancel, waiting)
        except OSError as error:
            self._let_go(opened)
            raise AgentUnavailable(str(error)) from error
        except BaseException:
            self._let_go(opened)
            raise
        opened.settimeout(None)
        self._socket = opened
        threading.Thread(
            target=self._hear, args=(opened, rest), name=f"agent-{self.vm}", daemon=True
        ).start()

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes,
        timeout: float,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        """Run a command.

        Raises:
            VmError: the machine went away, or the deadline passed.
            Cancelled: ``cancel`` was set; the command and its children were told to end.
        """
        what = " ".join(argv)[:120]
        reply = self._ask(
            {
                "argv": list(argv),
                "stdin": base64.b64encode(stdin).decode("ascii"),
                "timeout": timeout,
                "limit": OUTPUT_LIMIT,
            },
            what,
            timeout,
            cancel,
        )
        try:
            outputs = [base64.b64decode(str(reply[name])) for name in ("stdout", "stderr")]
            return CommandResult(int(reply["exit"]), *outputs)
        except (KeyError, TypeError, ValueError) as error:
            # No agent of ours speaks so: root of the machine may have put another in its place.
            raise self._cut(what) from error

    def set_clock(self, now: Callable[[], float], timeout: float) -> None:
        """Tell the guest what time it is.

        Args:
            now: seconds since the epoch, asked when it is about to be sent.

        Raises:
            VmError: it refused, or went away.
        """
        self._ask({"clock": now()}, _("mise à l'heure"), timeout)

    def close(self) -> None:
        """Hang up. Idempotent; commands under way fail here and go on there."""
        with self._state:
            opened, self._socket = self._socket, None
        if opened is not None:
            self._let_go(opened)

    def _open(self) -> socket.socket:
        self._held = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        opened = socket.socket(socket.AF_UNIX)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            opened.settimeout(POLL_SECONDS)
            opened.connect(str(self._port))
        except OSError as error:
            self._let_go(opened)
            raise AgentUnavailable(str(error)) from error
        return opened

    def _let_go(self, opened: socket.socket) -> None:
        with suppress(OSError):
            # Closing alone would not wake a thread that reads.
            opened.shutdown(socket.SHUT_RDWR)
        opened.close()
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def _await_hello(
        self,
        opened: socket.socket,
        deadline: float,
        cancel: threading.Event | None,
        waiting: Callable[[], None] | None,
    ) -> bytearray:
        """What was read beyond the agent's hello."""
        heard = bytearray()
        while time.monotonic() < deadline:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            if not select.select([opened], [], [], POLL_SECONDS)[0]:
                if waiting is not None:
                    waiting()
                continue
            data = opened.recv(CHUNK)
            if not data:
                raise AgentUnavailable("the machine stopped")
            heard += data
            while (end := heard.find(b"\n")) >= 0:
                said = _parsed(bytes(heard[:end]))
                del heard[: end + 1]
                if said.get("hello") != self._nonce:
                    # The end of an answer to somebody else, kept by a saved state.
                    continue
                if said.get("protocol") != PROTOCOL:
                    raise AgentUnavailable(f"protocol {said.get('protocol')}")
                return heard
            if len(heard) > REPLY_LIMIT:
                break
        raise AgentUnavailable("no answer")

    def _ask(
        self,
        request: dict[str, Any],
        what: str,
        timeout: float,
        cancel: threading.Event | None = None,
    ) -> dict[str, Any]:
        id_ = f"{self._nonce}-{next(self._numbers)}"
        answer: Future[dict[str, Any]] = Future()
        with self._state:
            if self._socket is None:
                raise self._cut(what)
            opened = self._socket
            self._waiting[id_] = answer
        try:
            deadline = time.monotonic() + timeout + REPLY_MARGIN
            self._send(opened, {"id": id_, **request}, deadline, cancel)
            reply = _result(answer, deadline, cancel)
        except Cancelled:
            self._give_up(opened, id_)
            raise
        except TimeoutError:
            self._give_up(opened, id_)
            raise VmError(
                self.vm,
                _("« {what} » n'a pas fini en {timeout:.0f} s").format(what=what, timeout=timeout),
                hint=_HINT.format(vm=self.vm),
            ) from None
        except OSError as error:
            raise self._cut(what) from error
        finally:
            self._waiting.pop(id_, None)
        if "error" in reply:
            raise VmError(
                self.vm,
                _("« {what} » n'a pas abouti ({error}, {timeout:.0f} s accordées)").format(
                    what=what, error=reply["error"], timeout=timeout
                ),
                hint=_HINT.format(vm=self.vm),
            )
        return reply

    def _give_up(self, opened: socket.socket, id_: str) -> None:
        """Tell the agent, if it listens, that nobody waits for an answer any more."""
        with suppress(OSError):
            self._send(opened, {"cancel": id_}, time.monotonic() + GIVE_UP_SECONDS)

    def _send(
        self,
        opened: socket.socket,
        request: dict[str, Any],
        deadline: float,
        cancel: threading.Event | None = None,
    ) -> None:
        """Say something to the agent: a machine that stands still takes no more than a buffer.

        Raises:
            TimeoutError: it did not take all of it.
            Cancelled: ``cancel`` was set before it had.
        """
        whole = left = memoryview(_line(request))
        if not self._writing.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise TimeoutError
        try:
            while left:
                try:
                    left = left[opened.send(left, socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    _check(deadline, cancel)
                    # Closed meanwhile, it is no descriptor: the next try says so.
                    with suppress(ValueError):
                        select.select([], [opened], [], POLL_SECONDS)
        finally:
            self._writing.release()
            if len(whole) > len(left) > 0:
                # The next thing said would be read as the end of this one.
                self.close()

    def _hear(self, opened: socket.socket, heard: bytearray) -> None:
        """Give each answer to who waits for it, until the machine or the link is gone."""
        try:
            while True:
                while (end := heard.find(b"\n")) >= 0:
                    reply = _parsed(bytes(heard[:end]))
                    del heard[: end + 1]
                    waiting = self._waiting.get(str(reply.get("id")))
                    if waiting is not None and not waiting.done():
                        waiting.set_result(reply)
                data = opened.recv(CHUNK)
                if not data or len(heard) + len(data) > REPLY_LIMIT:
                    return
                heard += data
        except OSError:
            return
        finally:
            self.close()
            for answer in list(self._waiting.values()):
                if not answer.done():
                    answer.set_exception(OSError("cut off"))

    def _cut(self, what: str) -> VmError:
        return VmError(
            self.vm,
            _("le lien avec la machine a été coupé pendant « {what} »").format(what=what),
            hint=_HINT.format(vm=self.vm),
        )


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode("ascii") + b"\n"


def _result(
    answer: Future[dict[str, Any]], deadline: float, cancel: threading.Event | None
) -> dict[str, Any]:
    while True:
        left = deadline - time.monotonic()
        with suppress(TimeoutError):
            return answer.result(left if cancel is None else min(left, POLL_SECONDS))
        _check(deadline, cancel)


def _check(deadline: float, cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise Cancelled
    if time.monotonic() >= deadline:
        raise TimeoutError


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
