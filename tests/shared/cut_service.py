"""A web server on this host that is cut for lengths of time that are known."""

import socket
import threading
import time
from dataclasses import dataclass
from enum import StrEnum

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


class How(StrEnum):
    """What a client sees of a service that is cut."""

    REFUSED = "refused"
    """Nothing listens any more."""
    SILENT = "silent"
    """Connections are made, nothing is ever answered."""


@dataclass
class Instant:
    """Known to lie between two readings of the clock."""

    low: float
    high: float


class CutService:
    """Listens on 127.0.0.1; ``answer`` may be changed."""

    def __init__(self) -> None:
        self.answer = ANSWER
        self._listener = self._listen(0)
        self.port = int(self._listener.getsockname()[1])
        # Held while one client is served and while the service is cut: an answer is before or
        # after, never in between.
        self._turn = threading.Lock()
        self._silent = False
        self._held: list[socket.socket] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def cut(self, how: How) -> Instant:
        """Cut it now."""
        with self._turn:
            before = time.monotonic()
            if how is How.REFUSED:
                self._listener.close()
            else:
                self._silent = True
            return Instant(before, time.monotonic())

    def restore(self) -> Instant:
        """Serve again."""
        with self._turn:
            before = time.monotonic()
            if self._silent:
                self._silent = False
            else:
                self._listener = self._listen(self.port)
            return Instant(before, time.monotonic())

    def end(self) -> None:
        self._over.set()
        self._thread.join(20)
        self._listener.close()
        for one in self._held:
            one.close()

    @staticmethod
    def _listen(port: int) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
        made.listen(256)
        made.settimeout(0.0)
        return made

    def _serve(self) -> None:
        while not self._over.wait(0.001):
            with self._turn:
                try:
                    client, _address = self._listener.accept()
                except OSError:
                    continue
                self._held.append(client)
                if self._silent:
                    continue
                client.settimeout(5)
                try:
                    client.recv(4096)
                    client.sendall(self.answer)
                    client.close()
                except OSError:
                    continue
