"""A place without a network, where the program runs.

Its only link is its own loopback. Every process that the program starts is in it too, libvirt's
daemon and QEMU included: hence no daemon may be running before.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lab_process import PROGRAM, LabHome
from namespaces import held

# As an ordinary user, in a user namespace of one's own: one's id is kept, so that the program
# takes nobody for root; the right to bring the loopback up goes to the first command only.
UNSHARE = (
    ["unshare", "--net"]
    if os.geteuid() == 0
    else ["unshare", "--user", "--map-current-user", "--keep-caps", "--net"]
)
LOOPBACK = 'PATH="$PATH:/usr/sbin:/sbin"; ip link set lo up'
REACH = """
import socket, sys
def attempt(call):
    try:
        call()
    except OSError as error:
        return error.errno
    return 0
address = attempt(lambda: socket.create_connection(("1.1.1.1", 443), 10))
name = attempt(lambda: socket.getaddrinfo("deb.debian.org", 80))
print(address, name)
"""


@dataclass(frozen=True)
class Offline:
    """An installation, and a network namespace to run it in."""

    home: LabHome
    holder: int

    def there(self, *argv: str) -> list[str]:
        """What runs a command in the namespace."""
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self.holder), *user, "--net", "--", *argv]

    def start(self, *argv: str, timeout: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.there(*argv),
            env=self.home.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def run(self, *arguments: str, status: int = 0, timeout: float = 600) -> str:
        """The program's standard output; it must end with ``status``."""
        done = self.start(str(PROGRAM), *arguments, timeout=timeout)
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stderr}"
        return done.stdout

    def reach(self) -> tuple[int, int]:
        """What stops a connection to a public address, and a look-up of a public name."""
        done = self.start(sys.executable, "-c", REACH, timeout=60)
        assert done.returncode == 0, done.stderr
        address, name = done.stdout.split()
        return int(address), int(name)


@contextmanager
def no_network(home: LabHome) -> Iterator[Offline]:
    """A network namespace for as long as the block."""
    with held(UNSHARE, LOOPBACK) as holder:
        yield Offline(home, holder)
