#!/usr/bin/env python3
"""What lb1 asks web1 to know whether it is well: read on the wire, whatever the configuration."""

import json
import re
import socket
import time

LB = socket.inet_aton("192.168.1.21")
PORT = (80).to_bytes(2, "big")
LISTEN_S = 6.0
"""Three times HAProxy's usual interval."""
IP = 0x0800
EXPECTED = "lb1 demande régulièrement /health à web1"

seen: list[str] = []
with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(IP)) as wire:
    deadline = time.monotonic() + LISTEN_S
    while "/health" not in seen and (left := deadline - time.monotonic()) > 0:
        wire.settimeout(left)
        try:
            packet = wire.recv(2048)
        except TimeoutError:
            break
        head = (packet[0] & 15) * 4
        to_here = packet[12:16] == LB and packet[head + 2 : head + 4] == PORT
        if packet[9] != socket.IPPROTO_TCP or not to_here:
            continue
        data = packet[head + (packet[head + 12] >> 4) * 4 :]
        if found := re.match(rb"[A-Z]+ (\S+) HTTP/1", data):
            seen.append(found[1].decode(errors="replace"))

asked = ", ".join(dict.fromkeys(seen)) or "aucune requête"
observed = f"en {LISTEN_S:.0f} s : {asked}" if "/health" not in seen else "/health demandé"
print(json.dumps({"ok": "/health" in seen, "expected": EXPECTED, "observed": observed}))
