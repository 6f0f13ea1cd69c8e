"""Keeps what a numbered writer of another machine acknowledged. Standard library only.

Its argument is a job in JSON: ``port``, ``token``, ``journal``. A writer's first line is the
token; another's connection is closed.
"""

import json
import os
import signal
import socketserver
import sys
import threading
from typing import Any

LINE_LIMIT = 4096
"""Bytes: what is longer is no acknowledgement."""


class Keeper(socketserver.StreamRequestHandler):
    """One writer's connection."""

    def handle(self) -> None:
        """Keep whole lines as they come."""
        server = self.server
        assert isinstance(server, Witness)
        if self.rfile.readline(LINE_LIMIT).strip() != server.token:
            return
        while (line := self.rfile.readline(LINE_LIMIT)).endswith(b"\n"):
            os.write(server.journal, line)


class Witness(socketserver.ThreadingTCPServer):
    """Listens on every address of the machine."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__(("", job["port"]), Keeper)
        self.token = str(job["token"]).encode("ascii")
        # One write of a whole line, appended: threads do not mix theirs.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self.journal = os.open(job["journal"], flags, 0o600)


def main() -> None:
    """Listen until SIGTERM."""
    witness = Witness(json.loads(sys.argv[1]))
    # ``shutdown`` waits for ``serve_forever``, which this thread runs.
    signal.signal(
        signal.SIGTERM, lambda _number, _frame: threading.Thread(target=witness.shutdown).start()
    )
    witness.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
