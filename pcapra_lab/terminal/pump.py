"""The pump between a shell's channel and an emulator."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from pcapra_lab.i18n import _
from pcapra_lab.remote.shell import Shell
from pcapra_lab.terminal.emulator import Emulator

_CHUNK = 64 * 1024
_LATE_SECONDS = 0.04
"""A front that has not drawn for so long is slower than the shell."""
_REST_SECONDS = 0.1
"""The most that the shell is held back for it each time: it may have other things to do."""


@dataclass(frozen=True, slots=True)
class _Resize:
    columns: int
    rows: int


class Pump:
    """Moves bytes both ways, so that neither the network nor the emulator blocks a front.

    One thread reads the shell and feeds the emulator; another sends and resizes, which may block
    on a full SSH window. Callbacks are called from these threads and must not block.

    Args:
        shell: the channel; closed by ``close``.
        emulator: fed by this pump alone.
        on_output: something may have changed on the screen. Not called again until
            ``acknowledge``, whatever comes meanwhile; but when that is late, the shell is not read
            for a moment, so that drawing has the processor.
        on_data: what the shell said, before the emulator hears it. Must not raise.
        on_closed: the shell ended by itself, with the reason in French. Called once, and never
            after ``close``.
    """

    def __init__(
        self,
        shell: Shell,
        emulator: Emulator,
        *,
        on_output: Callable[[], None],
        on_closed: Callable[[str], None],
        on_data: Callable[[bytes], None] = lambda _data: None,
    ) -> None:
        self._shell = shell
        self._emulator = emulator
        self._on_output = on_output
        self._on_closed = on_closed
        self._on_data = on_data
        self._jobs: SimpleQueue[bytes | _Resize | None] = SimpleQueue()
        self._idle = threading.Event()
        """The front has drawn what it was told of."""
        self._idle.set()
        self._closing = threading.Event()
        self._ended = threading.Event()
        self._send_failure = ""
        self._closer = _thread("close", shell.close)
        self._threads = (_thread("read", self._read), _thread("write", self._write))

    @property
    def alive(self) -> bool:
        """Whether what is sent can still arrive."""
        return not (self._closing.is_set() or self._ended.is_set())

    def start(self) -> None:
        """Start both threads. Idempotent."""
        for thread in self._threads:
            if thread.ident is None:
                thread.start()

    def send(self, data: bytes) -> None:
        """Queue bytes for the program; dropped once the shell has ended."""
        if data and self.alive:
            self._jobs.put(data)

    def resize(self, columns: int, rows: int) -> None:
        """Queue a new size for the remote PTY."""
        if self.alive:
            self._jobs.put(_Resize(columns, rows))

    def acknowledge(self) -> None:
        """Ask to be told of output again. To be called *before* taking a frame."""
        self._idle.set()

    def close(self) -> None:
        """Close the shell and let both threads end. Idempotent, does not wait."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._idle.set()
        self._jobs.put(None)
        # Closing may wait for the network as well.
        self._closer.start()

    def join(self, timeout: float) -> bool:
        """After ``close``, wait up to ``timeout`` seconds for each thread; whether all ended."""
        threads = [t for t in (*self._threads, self._closer) if t.ident is not None]
        for thread in threads:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in threads)

    def _read(self) -> None:
        reason = _("l'émulateur de terminal a échoué")
        told = 0.0
        try:
            while data := self._shell.recv(_CHUNK):
                self._on_data(data)
                self.send(self._emulator.feed(data))
                if self._idle.is_set():
                    self._idle.clear()
                    told = time.monotonic()
                    self._on_output()
                elif time.monotonic() - told > _LATE_SECONDS:
                    self._idle.wait(_REST_SECONDS)
                    told = time.monotonic()
            reason = self._send_failure or _("la session s'est terminée")
        except OSError as error:
            reason = _lost(error)
        finally:
            # Also when the emulator raises, a defect that the thread's hook reports: the pane
            # must not look alive.
            self._ended.set()
            self._jobs.put(None)
            if not self._closing.is_set():
                self._on_closed(reason)

    def _write(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                if isinstance(job, _Resize):
                    self._shell.resize(job.columns, job.rows)
                else:
                    self._shell.sendall(job)
        except OSError as error:
            # The reader tells, so that what had arrived before is shown first.
            self._send_failure = _lost(error)
            self._shell.close()


def _thread(name: str, work: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=work, name=f"shell-{name}", daemon=True)


def _lost(error: OSError) -> str:
    return _("la liaison est coupée ({error})").format(error=error)
