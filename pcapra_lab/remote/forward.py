"""A port of 127.0.0.1 that leads to a TCP port of a machine, through its SSH link.

Each connection is a channel of its own, on whatever link leads to the machine when it is made: a
machine that was reset is reached again by the next connection. Other accounts of this host can
connect too, as with any forward.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Sequence

import paramiko

from pcapra_lab.errors import LabError
from pcapra_lab.remote.link import NothingListens, SshLink

MOST_CONNECTIONS = 32
"""At once; the next ones wait to be accepted. A browser opens six to a host."""
_CHUNK = 65_536
_GRACE = 2.0
"""Seconds given to a client to take a refusal."""
_FAILURES = (OSError, EOFError, paramiko.SSHException)


class Forward:
    """Listens until ``close``.

    Args:
        link: gives the link to the machine, for each connection.
        addresses: where the machine may listen, tried in order.
        port: the machine's port.
        refusal: what a client is told, in its own protocol, when it cannot be connected.
    """

    def __init__(
        self,
        link: Callable[[], SshLink],
        addresses: Sequence[str],
        port: int,
        refusal: Callable[[LabError], bytes],
    ) -> None:
        self._link = link
        self._addresses = tuple(addresses)
        self._target = port
        self._refusal = refusal
        self._slots = threading.Semaphore(MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._clients: dict[socket.socket, paramiko.Channel | None] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        """The host's port."""
        self._accepting = threading.Thread(target=self._accept, name="forward", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Stop listening, and cut every connection. Idempotent."""
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
            cut = list(self._clients.items())
        # Wakes accept(), which close() alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client, channel in cut:
            _cut(client, channel)

    def _accept(self) -> None:
        while True:
            self._slots.acquire()
            try:
                client, _ = self._listener.accept()
            except OSError:
                # Out of descriptors, or a client that gave up: neither is this port's end.
                self._slots.release()
                if self._ended.wait(0.1):
                    return
                continue
            threading.Thread(
                target=self._serve, args=(client,), name="forward-down", daemon=True
            ).start()

    def _serve(self, client: socket.socket) -> None:
        channel: paramiko.Channel | None = None
        try:
            if self._keep(client, None):
                channel = self._dial()
                if self._keep(client, channel):
                    _relay(client, channel)
        except LabError as error:
            _refuse(client, self._refusal(error))
        finally:
            with self._lock:
                self._clients.pop(client, None)
            _cut(client, channel)
            client.close()
            self._slots.release()

    def _keep(self, client: socket.socket, channel: paramiko.Channel | None) -> bool:
        """Have both cut by ``close``; whether that is still to come."""
        with self._lock:
            if not self._ended.is_set():
                self._clients[client] = channel
            return not self._ended.is_set()

    def _dial(self) -> paramiko.Channel:
        link = self._link()
        *others, last = self._addresses
        for address in others:
            with contextlib.suppress(NothingListens):
                return link.dial(address, self._target)
        return link.dial(last, self._target)


def _relay(client: socket.socket, channel: paramiko.Channel) -> None:
    """Both ways until both have ended; each end of one way is passed on, the other goes on."""
    upward = threading.Thread(
        target=_upward, args=(client, channel), name="forward-up", daemon=True
    )
    upward.start()
    try:
        while data := channel.recv(_CHUNK):
            client.sendall(data)
        if channel.closed:
            # The link is gone, or the machine took both ways back: nobody reads the client.
            _cut(client, channel)
        else:
            client.shutdown(socket.SHUT_WR)
    except _FAILURES:
        _cut(client, channel)
    upward.join()


def _upward(client: socket.socket, channel: paramiko.Channel) -> None:
    try:
        while data := client.recv(_CHUNK):
            channel.sendall(data)
        channel.shutdown_write()
    except _FAILURES:
        _cut(client, channel)


def _cut(client: socket.socket, channel: paramiko.Channel | None) -> None:
    """Wake whoever waits on either; neither descriptor is given back while a thread has it."""
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    if channel is not None:
        # A transport that is just dying has nobody to tell of the close.
        with contextlib.suppress(*_FAILURES):
            channel.close()


def _refuse(client: socket.socket, answer: bytes) -> None:
    end = time.monotonic() + _GRACE
    client.settimeout(_GRACE)
    with contextlib.suppress(OSError):
        client.sendall(answer)
        client.shutdown(socket.SHUT_WR)
        # A request left unread would make the close a reset, and the answer would be lost.
        while time.monotonic() < end and client.recv(_CHUNK):
            pass
