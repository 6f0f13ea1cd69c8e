"""The guest's half of the agent, for real, in a process of this host: its port is a socket."""

import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

AGENT = Path(__file__).parents[3] / "vm-images/images/base/usr/local/lib/pcapra/agent"

_PROGRAM = """\
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from lab_agent import service, worker
service.set_clock = lambda seconds: (
    {"error": "refusé"} if seconds < 0 else {"exit": 0, "stdout": "", "stderr": ""}
)
if os.geteuid() != 0:
    worker.login = lambda: None
service.Agent(0, lambda: sys.exit(0)).serve()
"""
"""The clock of this host is left alone."""


class GuestAgent:
    """Listens on ``port`` as QEMU does; each client gets the one agent, the next one waits."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(port))
        self._listener.listen(1)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self._processes.append(
                    subprocess.Popen(
                        [sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM, str(AGENT)],
                        stdin=client.fileno(),
                    )
                )

    def kill(self) -> None:
        """Cut the power."""
        for process in self._processes:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End the agent, and listen no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.kill()
