"""A ``Shell`` on a PTY of this machine, for the pane's tests."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import weakref


class LocalShell:
    """``argv`` as the leader of a session on its own PTY. Ended by ``close``, by its pid."""

    def __init__(self, argv: list[str], *, columns: int = 80, rows: int = 24) -> None:
        self._master, slave = os.openpty()
        self._wake_read, self._wake_write = os.pipe()
        # When no thread holds this shell any more: a descriptor must not be reused under a reader.
        weakref.finalize(self, _close, self._master, self._wake_read, self._wake_write)
        self._closing = threading.Lock()
        self._closed = False
        self.resize(columns, rows)
        environment = {
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HOME": "/nonexistent",
            "PS1": "invite> ",
        }
        # util-linux's setsid gives the child the PTY as its controlling terminal: job control
        # and Ctrl-C work, without running Python between fork and exec.
        self._process = subprocess.Popen(
            ["/usr/bin/setsid", "--ctty", *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            close_fds=True,
        )
        os.close(slave)

    @property
    def pid(self) -> int:
        """The shell's process: ``setsid`` becomes it."""
        return self._process.pid

    def recv(self, size: int) -> bytes:
        """See ``Shell.recv``."""
        ready, _, _ = select.select([self._master, self._wake_read], [], [])
        if self._wake_read in ready:
            return b""
        try:
            return os.read(self._master, size)
        except OSError:  # EIO: the last process left the PTY
            return b""

    def sendall(self, data: bytes) -> None:
        """See ``Shell.sendall``."""
        while data:
            data = data[os.write(self._master, data) :]

    def resize(self, columns: int, rows: int) -> None:
        """See ``Shell.resize``."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        """See ``Shell.close``. Reaps the child."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            os.write(self._wake_write, b"x")
            if self._process.poll() is None:
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=5)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
