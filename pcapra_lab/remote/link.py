"""One SSH connection to one VM, re-made when it breaks."""

import base64
import contextlib
import io
import select
import shlex
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import paramiko

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import OUTPUT_LIMIT, CommandResult

CONNECT_TIMEOUT = 10.0
BANNER_TIMEOUT = 4.0
"""Seconds. QEMU accepts for a guest that is not listening yet: short, so that a try ends soon."""
BUSY_BANNER_TIMEOUT = 30.0
"""Seconds, for a guest that was seen ready: on a loaded host its sshd may take long to start."""
KEEPALIVE_SECONDS = 5
_HINT = _(
    "pcapra-lab status montre l'état des machines ; pcapra-lab reset --vm {vm} remet celle-ci"
)


class NothingListens(VmError):
    """The machine answers, but nothing accepts a connection where one was asked for."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a VM's management SSH is, and the only host key accepted there."""

    vm: str
    port: int
    """On 127.0.0.1."""
    host_key: str
    """``ssh-ed25519 AAAA…``"""
    private_key: str
    """The lab's key, OpenSSH format."""


def _session(transport: paramiko.Transport) -> paramiko.Channel:
    return transport.open_session(timeout=CONNECT_TIMEOUT)


def _lives(transport: paramiko.Transport) -> bool:
    """Whether the machine still answers on a connection."""
    try:
        _session(transport).close()
    except (paramiko.SSHException, OSError, EOFError):
        return False
    return True


class SshLink:
    """A connection as one user. Thread-safe: commands and shells run side by side on it."""

    def __init__(self, endpoint: Endpoint, user: str) -> None:
        self.endpoint = endpoint
        self.user = user
        self._lock = threading.Lock()
        self._transport: paramiko.Transport | None = None

    def wait(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        """Connect, trying again until the VM answers.

        Args:
            timeout: seconds before giving up.
            waiting: called before each new try, to show progress or to raise.

        Raises:
            VmError: no connection within ``timeout``.
            Cancelled: ``cancel`` was set.
        """
        deadline = time.monotonic() + timeout
        pause = cancel or threading.Event()
        while True:
            try:
                self._connected(BANNER_TIMEOUT)
                return
            except VmError:
                if time.monotonic() > deadline:
                    raise
            if waiting is not None:
                waiting()
            if pause.wait(0.25):
                raise Cancelled

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 60.0,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        """Run a command; every argument is quoted.

        Raises:
            VmError: the link broke or the deadline passed.
            Cancelled: ``cancel`` was set; the machine may still be at it.
        """
        command = shlex.join(argv)
        channel = self._channel()
        try:
            channel.exec_command(command)
            return self._exchange(channel, command, stdin, timeout, cancel)
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise VmError(
                self.endpoint.vm,
                _("le lien SSH a été coupé pendant « {command} » ({error})").format(
                    command=command[:120], error=error
                ),
                hint=_HINT.format(vm=self.endpoint.vm),
            ) from error
        finally:
            channel.close()

    def shell(self, columns: int, rows: int) -> "ShellChannel":
        """A login shell on a PTY."""
        channel = self._channel()
        try:
            # bash and readline drop typed accents without a UTF-8 locale.
            channel.update_environment({"LANG": "fr_FR.UTF-8", "COLORTERM": "truecolor"})
            channel.get_pty("xterm-256color", columns, rows)
            channel.invoke_shell()
        except (paramiko.SSHException, OSError, EOFError) as error:
            channel.close()
            raise VmError(
                self.endpoint.vm,
                _("le terminal n'a pas pu s'ouvrir ({error})").format(error=error),
                hint=_HINT.format(vm=self.endpoint.vm),
            ) from error
        return ShellChannel(channel)

    def dial(self, address: str, port: int) -> paramiko.Channel:
        """A TCP connection made by the machine: « direct-tcpip », RFC 4254, 7.2.

        Raises:
            NothingListens: nothing accepts it there.
            VmError: the link itself is broken.
        """

        def opened(transport: paramiko.Transport) -> paramiko.Channel:
            try:
                return transport.open_channel(
                    "direct-tcpip", (address, port), ("127.0.0.1", 0), timeout=CONNECT_TIMEOUT
                )
            except paramiko.SSHException as error:
                # Without an answer in time too: a firewall that drops what is sent to the port.
                # The link is shared with the trainee's shells: one that lives is not dropped.
                if not (isinstance(error, paramiko.ChannelException) or _lives(transport)):
                    raise
                raise NothingListens(
                    self.endpoint.vm,
                    _("rien n'accepte de connexion sur {address}:{port}").format(
                        address=address, port=port
                    ),
                    hint=_("ss -ltn, sur {vm}, montre les ports où un service écoute").format(
                        vm=self.endpoint.vm
                    ),
                ) from error

        return self._channel(opened)

    def close(self) -> None:
        """Drop the connection. The next use makes a new one."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()
                self._transport = None

    def _channel(
        self, opened: Callable[[paramiko.Transport], paramiko.Channel] = _session
    ) -> paramiko.Channel:
        transport = self._connected()
        try:
            return opened(transport)
        except (paramiko.SSHException, OSError, EOFError):
            # A restored VM answers old connections with silence or a reset: try a new one, once.
            self.close()
        try:
            return opened(self._connected())
        except (paramiko.SSHException, OSError, EOFError) as error:
            self.close()
            raise VmError(
                self.endpoint.vm,
                _("pas de réponse SSH ({error})").format(error=error),
                hint=_HINT.format(vm=self.endpoint.vm),
            ) from error

    def _connected(self, banner_timeout: float = BUSY_BANNER_TIMEOUT) -> paramiko.Transport:
        with self._lock:
            if self._transport is not None and self._transport.is_active():
                return self._transport
            self._transport = self._connect(banner_timeout)
            return self._transport

    def _connect(self, banner_timeout: float) -> paramiko.Transport:
        end = self.endpoint
        pinned = paramiko.PKey.from_type_string(end.host_key.split()[0], _blob(end.host_key))
        key = paramiko.Ed25519Key.from_private_key(io.StringIO(end.private_key))
        transport: paramiko.Transport | None = None
        try:
            sock = socket.create_connection(("127.0.0.1", end.port), timeout=CONNECT_TIMEOUT)
            transport = paramiko.Transport(sock)
            transport.banner_timeout = banner_timeout
            transport.set_keepalive(KEEPALIVE_SECONDS)
            # The user's own configuration and known hosts are never read.
            transport.connect(pinned, self.user, pkey=key)
        except (paramiko.SSHException, OSError, EOFError) as error:
            if transport is not None:
                transport.close()
            raise VmError(
                end.vm,
                _("connexion SSH impossible sur 127.0.0.1:{port} ({error})").format(
                    port=end.port, error=error or _("fermée")
                ),
                hint=_HINT.format(vm=end.vm),
            ) from error
        return transport

    def _exchange(
        self,
        channel: paramiko.Channel,
        command: str,
        stdin: bytes,
        timeout: float,
        cancel: threading.Event | None,
    ) -> CommandResult:
        """Feed stdin and drain both outputs together: reading one first can deadlock."""
        deadline = time.monotonic() + timeout
        out, err = bytearray(), bytearray()
        pending = memoryview(stdin)
        channel.setblocking(False)
        if not pending:
            channel.shutdown_write()
        while True:
            if pending and channel.send_ready():
                try:
                    sent = channel.send(bytes(pending[:65536]))
                except OSError:
                    # It ended without reading everything: its exit status tells the story.
                    sent = len(pending)
                pending = pending[sent:]
                if not pending:
                    channel.shutdown_write()
            progressed = _drain(channel.recv_ready, channel.recv, out)
            progressed |= _drain(channel.recv_stderr_ready, channel.recv_stderr, err)
            if channel.exit_status_ready() and not progressed and channel.eof_received:
                break
            if channel.closed and not progressed:
                break
            if cancel is not None and cancel.is_set():
                raise Cancelled
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise VmError(
                    self.endpoint.vm,
                    _("« {command} » n'a pas fini en {timeout:.0f} s").format(
                        command=command[:120], timeout=timeout
                    ),
                    hint=_HINT.format(vm=self.endpoint.vm),
                )
            if not progressed:
                writable = [channel] if pending else []
                select.select([channel], writable, [], min(remaining, 0.05))
        status = channel.recv_exit_status() if channel.exit_status_ready() else -1
        if status == -1:
            raise EOFError(_("fermé sans code de retour"))
        return CommandResult(status, bytes(out), bytes(err))


class ShellChannel:
    """``remote.shell.Shell`` over an SSH channel."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    def recv(self, size: int) -> bytes:
        """See ``Shell.recv``."""
        return self._channel.recv(size)

    def sendall(self, data: bytes) -> None:
        """See ``Shell.sendall``."""
        self._channel.sendall(data)

    def resize(self, columns: int, rows: int) -> None:
        """See ``Shell.resize``."""
        with contextlib.suppress(paramiko.SSHException):
            # A shell that has just ended has no size to change.
            self._channel.resize_pty(width=columns, height=rows)

    def close(self) -> None:
        """See ``Shell.close``."""
        self._channel.close()


def _drain(ready: Callable[[], bool], recv: Callable[[int], bytes], into: bytearray) -> bool:
    progressed = False
    while ready():
        chunk = recv(65536)
        if not chunk:
            break
        progressed = True
        room = OUTPUT_LIMIT - len(into)
        into += chunk[: max(0, room)]
    return progressed


def _blob(public: str) -> bytes:
    return base64.b64decode(public.split()[1])
