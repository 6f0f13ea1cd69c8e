"""Waiting for the host's side of the port."""

import fcntl
import os
import select
import selectors
import signal

from lab_agent.worker import CHUNK


class HostWatch:
    """Sleeps until the host opens its side: while it is closed, the port is always "readable".

    The kernel sends SIGIO when that changes (drivers/char/virtio_console.c, fops_fasync).
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._wake, told = os.pipe()
        for end in (self._wake, told):
            os.set_blocking(end, False)
        signal.signal(signal.SIGIO, lambda *_: None)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        fcntl.fcntl(port, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(port, fcntl.F_GETFL)
        fcntl.fcntl(port, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)

    def wait(self) -> None:
        """Return once the host's side is open."""
        poller = selectors.DefaultSelector()
        poller.register(self._wake, selectors.EVENT_READ)
        while self._closed():
            poller.select()
            os.read(self._wake, CHUNK)
        poller.close()

    def _closed(self) -> bool:
        poller = select.poll()
        poller.register(self._port, select.POLLHUP)
        return any(events & select.POLLHUP for _fd, events in poller.poll(0))
