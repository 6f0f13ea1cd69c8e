"""Runs the lab's commands as root, asked over a virtio port instead of the network.

It stays in memory, and so in saved states: a restored machine answers at once, without the key
exchange and the new processes that an SSH connection costs under emulation, and a Python program
runs in a fork of this process, which has Python and what programs import already. Modules that a
program brings are compiled once: see ``lab_agent.program.Compiled``.

One JSON object a line, both ways. From the host: {"hello": nonce} first, answered with the same
and the protocol's version; then {"id", "clock": seconds} sets the time, {"id", "argv", "stdin",
"timeout", "limit"} runs a program, {"cancel": id} ends it. Answers: {"id", "exit", "stdout",
"stderr"} or {"id", "error"}. Bytes are in base 64.
"""

import os
import sys
from importlib import import_module

from lab_agent.host_watch import HostWatch
from lab_agent.service import Agent

PRELOADED = (
    "contextlib",
    "grp",
    "hashlib",
    "jeepney.io.blocking",
    "pathlib",
    "re",
    "shutil",
    "socket",
    "stat",
    "struct",
    "subprocess",
    "tempfile",
    "threading",
)
"""What the lab's programs import, loaded before they are forked."""


def main() -> None:
    """Serve the port named on the command line."""
    for name in PRELOADED:
        import_module(name)
    port = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    Agent(port, HostWatch(port).wait).serve()


if __name__ == "__main__":
    main()
