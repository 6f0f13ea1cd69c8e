#!/usr/bin/env python3
"""On lb1: web1 answers when asked itself, and HAProxy gives it its share again."""

import csv
import socket
import time

from lab_site import WEBS, get
from lab_verdict import verdict

SOCKET = "/run/haproxy/admin.sock"
CHECKS_S = 15.0
"""What HAProxy needs to trust a server again."""

EXPECTED = "web1 répond par lui-même ; dans HAProxy, web1 et web2 sont UP"


def states() -> dict[str, str]:
    """The servers of the backend « web », each with its state."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(8)
            link.connect(SOCKET)
            link.sendall(b"show stat\n")
            parts = []
            while part := link.recv(65536):
                parts.append(part)
    except OSError as error:
        verdict(False, EXPECTED, f"{SOCKET} : {error.strerror or error}")
    lines = b"".join(parts).decode(errors="replace").removeprefix("# ").splitlines()
    rows = csv.DictReader(line for line in lines if line)
    return {
        row["svname"]: row["status"]
        for row in rows
        if row["pxname"] == "web" and row["svname"] in WEBS
    }


page = get(WEBS["web1"], patience=3.0)
if page.status == 0:
    verdict(False, EXPECTED, f"web1, interrogé directement : {page.said}")
deadline = time.monotonic() + CHECKS_S
while (seen := states()) != dict.fromkeys(WEBS, "UP") and time.monotonic() < deadline:
    time.sleep(0.5)
said = ", ".join(f"{name} {state}" for name, state in sorted(seen.items())) or "aucun serveur"
verdict(seen == dict.fromkeys(WEBS, "UP"), EXPECTED, said)
