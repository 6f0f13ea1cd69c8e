"""A shell on a VM, as a byte channel."""

from typing import Protocol


class Shell(Protocol):
    """A login shell on a PTY. Methods may block and may be called from different threads."""

    def recv(self, size: int) -> bytes:
        """Up to ``size`` bytes of output; ``b""`` once the link or the shell has ended."""
        ...

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``. Raises ``OSError`` when the link is gone."""
        ...

    def resize(self, columns: int, rows: int) -> None:
        """Tell the remote PTY its size."""
        ...

    def close(self) -> None:
        """End the shell. Idempotent; a blocked ``recv`` returns."""
        ...
