"""Who listens on a TCP port here, and whether one elsewhere answers."""

import socket
import struct
import time
from pathlib import Path

from pcapra_lab.grading.guest.core import Fact, Item
from pcapra_lab.grading.guest.network import word

LISTEN = b"0A"
"""include/net/tcp_states.h: TCP_LISTEN."""
CONNECT_TIMEOUT = 5.0
"""A segment of the lab answers within milliseconds; a filtered port never does."""


def look(item: Item) -> Fact:
    """The addresses that listen on ``port``, and what ``target`` answers if given."""
    started = time.monotonic()
    listeners: list[str] = []
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        path = Path("/proc/net", name)
        # No tcp6 where IPv6 is switched off.
        if path.exists():
            listeners += listening(path.read_bytes(), item["port"], family)
    reach = _reach(item["target"], item["port"]) if item.get("target") else ""
    seconds = time.monotonic() - started
    return {"kind": "port", "listeners": listeners, "reach": reach, "seconds": seconds}


def listening(table: bytes, port: int, family: socket.AddressFamily) -> list[str]:
    """Local addresses that listen on ``port`` in a table of proc_pid_net(5).

    An address is written as 32-bit words in the machine's own byte order.
    """
    found = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        address, _, number = fields[1].partition(b":")
        if fields[3] != LISTEN or int(number, 16) != port:
            continue
        words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
        found.append(socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words)))
    return found


def _reach(target: str, port: int) -> str:
    try:
        with socket.create_connection((target, port), timeout=CONNECT_TIMEOUT):
            return "open"
    except OSError as error:
        if not (reach := word(error)):
            raise
        return reach
