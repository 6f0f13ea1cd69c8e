"""Numbered writes, each made durable and acknowledged, and the search for what is left of them.

Run as a program, with a job in JSON as its argument, it writes until it is stopped. Loaded as a
module by ``control.py``, it looks for what it wrote. Standard library only.
"""

import json
import os
import queue
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from pcapra_lab.drills.guest import records, rows

Job = dict[str, Any]

STUCK_SECONDS = 2.0
"""A write that takes longer is told."""
WITNESS_SECONDS = 1.0
"""How long the witness is waited for, and left alone once it did not answer."""
UNSENT = 100_000
"""Lines kept for a witness that does not answer; what is beyond stands in the journal only."""

WRITE: dict[str, Callable[[Any, int, str], None]] = {
    "lines": records.append_line,
    "files": records.write_file,
    "rows": rows.Rows(),
}
LEFT: dict[str, Callable[[Any, str], records.Found]] = {
    "lines": records.lines_left,
    "files": records.files_left,
    "rows": rows.rows_left,
}
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
            records.write_whole(self._handle, line)
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
        self._boot = records.boot()
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
        number, every = 1, self._job["every"]
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            if self._once(number):
                number += 1
            # No burst after a write that hung: the rhythm starts again from there.
            due = max(due + every, time.monotonic())

    def _once(self, number: int) -> bool:
        """Try a number; whether the next one is next."""
        began = time.monotonic()
        self._since = (number, began)
        try:
            self._write(self._job["path"], number, self._job["token"])
        except OSError as error:
            reason = error.strerror or str(error)
            self._log.tell(n=number, failed=reason, at=time.monotonic(), boot=self._boot)
            again: bool = self._job["form"] == "rows"
            return not again
        else:
            acked, wall = time.monotonic(), time.time()
            self._log.tell(n=number, boot=self._boot, began=began, acked=acked, wall=wall)
            return True
        finally:
            self._since = None


def main() -> None:
    """Write what the job says until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    Writer(json.loads(sys.argv[1])).run(stop)
    # A write that hangs in the kernel must not keep the unit from stopping.
    os._exit(0)


if __name__ == "__main__":
    main()
