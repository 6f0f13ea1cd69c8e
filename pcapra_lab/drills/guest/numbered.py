"""Numbered writes, each made durable and acknowledged, and the search for what is left of them.

Run as a program, with a job in JSON as its argument, it writes until it is stopped. Loaded as a
module by ``control.py``, it looks for what it wrote. Standard library only.

A record is one line: number, wall clock, token, and the CRC-32 of these. The token is the drill's:
what other drills wrote is nobody's loss. Each write opens its path anew: an application that
keeps a file open would go on writing into one that was deleted, and call it saved.
"""

import json
import os
import queue
import signal
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Job = dict[str, Any]
Found = Iterator[int | None]
"""The numbers found, one for each record; None for a record that cannot be trusted."""

STUCK_SECONDS = 2.0
"""A write that takes longer is told."""
WITNESS_SECONDS = 1.0
"""How long the witness is waited for, and left alone once it did not answer."""
UNSENT = 100_000
"""Lines kept for a witness that does not answer; what is beyond stands in the journal only."""


def record(number: int, token: str) -> bytes:
    """What is written for a number."""
    body = f"{number} {time.time():.6f} {token}"
    return f"{body} {zlib.crc32(body.encode('ascii')):08x}\n".encode("ascii")


def read(line: bytes, token: str) -> int | None:
    """The number of a record; 0 for another drill's.

    Returns:
        None when it is no record, or an altered one.
    """
    body, _, checksum = line.rstrip(b"\n").rpartition(b" ")
    words = body.split(b" ")
    if len(words) != 3 or f"{zlib.crc32(body):08x}".encode("ascii") != checksum:
        return None
    if words[2] != token.encode("ascii"):
        return 0
    return int(words[0]) if words[0].isdigit() else None


def append_line(path: str, number: int, token: str) -> None:
    """One more line at the end of a file, on the disk when this returns."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(handle).st_size
        # After a line that was cut, or bytes that are not ours, ours must still be a line.
        cut = size and os.pread(handle, 1, size - 1) != b"\n"
        _whole(handle, (b"\n" if cut else b"") + record(number, token))
        os.fsync(handle)
    finally:
        os.close(handle)
    if not size:
        _sync_folder(os.path.dirname(path))


def write_file(path: str, number: int, token: str) -> None:
    """One more file in a folder, itself and its name on the disk when this returns."""
    name = os.path.join(path, f"{number:08d}.txt")
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        _whole(handle, record(number, token))
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path)


def lines_left(path: str, token: str) -> Found:
    """The records of a file."""
    try:
        with open(path, "rb") as stream:
            for line in stream:
                if line.strip() and (number := read(line, token)) != 0:
                    yield number
    except (FileNotFoundError, NotADirectoryError):
        return


def files_left(path: str, token: str) -> Found:
    """The records of a folder's numbered files, renamed ones among them."""
    try:
        names = sorted(name for name in os.listdir(path) if name[:8].isdigit())
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        try:
            content = Path(path, name).read_bytes()
        except OSError:
            yield None
            continue
        number = read(content, token)
        if number != 0:
            yield number if number == int(name[:8]) and name.endswith(".txt") else None


WRITE: dict[str, Callable[[str, int, str], None]] = {"lines": append_line, "files": write_file}
LEFT: dict[str, Callable[[str, str], Found]] = {"lines": lines_left, "files": files_left}
"""By form: how a number is written, and how what is left is found."""


class Log:
    """The acknowledgements: into the journal, and to the witness when there is one."""

    def __init__(self, journal: str, witness: tuple[str, int] | None, token: str) -> None:
        self._handle = os.open(
            journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        self._lines: queue.Queue[bytes] = queue.Queue(UNSENT)
        self._witness = witness
        self._token = token
        self._lock = threading.Lock()
        if witness is not None:
            threading.Thread(target=self._send, daemon=True).start()

    def tell(self, **said: object) -> None:
        """One more line. Never waits for the witness."""
        line = json.dumps(said).encode("ascii") + b"\n"
        with self._lock:
            _whole(self._handle, line)
        if self._witness is not None:
            try:
                self._lines.put_nowait(line)
            except queue.Full:
                return

    def _send(self) -> None:
        link: socket.socket | None = None
        line = self._lines.get()
        while True:
            try:
                if link is None:
                    link = socket.create_connection(self._witness or ("", 0), WITNESS_SECONDS)
                    link.sendall(self._token.encode("ascii") + b"\n")
                link.sendall(line)
            except OSError:
                if link is not None:
                    link.close()
                link = None
                threading.Event().wait(WITNESS_SECONDS)
                continue
            line = self._lines.get()


class Writer:
    """Writes one number after the other, every so often, whatever becomes of the disk."""

    def __init__(self, job: Job) -> None:
        witness = (job["witness"][0], job["witness"][1]) if job.get("witness") else None
        self._log = Log(job["journal"], witness, job["token"])
        self._job = job
        self._write = WRITE[job["form"]]
        self._boot = boot()
        self._since: tuple[int, float] | None = None
        """The write under way: its number, and when it began."""

    def run(self, stop: threading.Event) -> None:
        """Write until told to stop; tell of a write that hangs, from here."""
        threading.Thread(target=self._writes, args=(stop,), daemon=True).start()
        while not stop.wait(STUCK_SECONDS):
            under_way = self._since
            if under_way is not None:
                number, began = under_way
                took = time.monotonic() - began
                if took > STUCK_SECONDS:
                    self._log.tell(stuck=number, seconds=round(took, 1))

    def _writes(self, stop: threading.Event) -> None:
        number, every = 0, self._job["every"]
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            number += 1
            self._once(number)
            # No burst after a write that hung: the rhythm starts again from there.
            due = max(due + every, time.monotonic())

    def _once(self, number: int) -> None:
        began = time.monotonic()
        self._since = (number, began)
        try:
            self._write(self._job["path"], number, self._job["token"])
        except OSError as error:
            reason = error.strerror or str(error)
            self._log.tell(n=number, failed=reason, at=time.monotonic(), boot=self._boot)
        else:
            acked, wall = time.monotonic(), time.time()
            self._log.tell(n=number, boot=self._boot, began=began, acked=acked, wall=wall)
        finally:
            self._since = None


def boot() -> str:
    """This boot of the machine: random(4)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _whole(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _sync_folder(path: str) -> None:
    """Make a new name durable, fsync(2)."""
    handle = os.open(path or "/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def main() -> None:
    """Write what the job says until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    Writer(json.loads(sys.argv[1])).run(stop)
    # A write that hangs in the kernel must not keep the unit from stopping.
    os._exit(0)


if __name__ == "__main__":
    main()
