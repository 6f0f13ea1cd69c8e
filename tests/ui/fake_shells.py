"""A shell without a machine behind it."""

import threading
from collections import deque


class FakeShell:
    """Records what it receives; says what it is fed."""

    def __init__(self, greeting: bytes = b"") -> None:
        self.received = bytearray()
        self.sizes: list[tuple[int, int]] = []
        self.closed = False
        self._output: deque[bytes] = deque([greeting] if greeting else [])
        self._changed = threading.Condition()

    def recv(self, size: int) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._output or self.closed)
            return self._output.popleft()[:size] if self._output else b""

    def sendall(self, data: bytes) -> None:
        if self.closed:
            raise OSError("closed")
        self.received += data

    def resize(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def say(self, data: bytes) -> None:
        """Output from the machine."""
        with self._changed:
            self._output.append(data)
            self._changed.notify_all()
