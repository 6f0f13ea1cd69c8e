#!/usr/bin/env python3
"""Judge db3's firewall from another machine: what it lets in, what it does not.

Usage: portes.py ouvert | ferme
"""

import errno
import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

DB3 = "192.168.1.12"
PORTS = {4567: "groupe", 4568: "IST", 4444: "SST"}
PATIENCE = 3.0


def knock(port: int) -> str:
    """What a connection comes to. Refused: the firewall let it through, nobody listens now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as link:
        link.settimeout(PATIENCE)
        failed = link.connect_ex((DB3, port))
    return {0: "ouvert", errno.ECONNREFUSED: "passant"}.get(failed, "filtré")


with ThreadPoolExecutor(len(PORTS)) as pool:
    seen = dict(zip(PORTS, pool.map(knock, PORTS), strict=True))
words = ", ".join(f"{port} ({PORTS[port]}) {state}" for port, state in seen.items())
if sys.argv[1] == "ouvert":
    ok = seen[4567] == "ouvert" and "filtré" not in seen.values()
    expected = "depuis db1 : 4567, 4568 et 4444 de db3 joignables"
else:
    ok = "ouvert" not in seen.values()
    expected = "depuis client : aucun des ports de la grappe n'est ouvert sur db3"
print(json.dumps({"ok": ok, "expected": expected, "observed": words}))
