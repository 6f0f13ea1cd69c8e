#!/usr/bin/env python3
"""Judge from the client: an impostor's announcements, and the note on the incident.

Usage: client.py imposteur | constat
"""

import http.client
import os
import socket
import struct
import sys
import time
from pathlib import Path

from lab_verdict import verdict

VIP = f"192.168.1.{os.environ['PCAPRA_VIP']}"
VRID = int(os.environ["PCAPRA_VRID"])
SECRET = os.environ["PCAPRA_MDP"].encode()[:8].ljust(8, b"\0")
GROUP = "224.0.0.18"
HERE = "192.168.1.50"
VRRP = 112
NOTE = Path("/srv/suivi/constat")
PRETEND_S = 6.0


def server() -> str:
    """Who answers at the address; empty when nobody does."""
    connection = http.client.HTTPConnection(VIP, 80, timeout=1.5)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        return answer.headers.get("X-Repartiteur", "") if answer.status == 200 else ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def announcement() -> bytes:
    """VRRP version 2 (RFC 2338), priority 254: what the password read on the wire allows."""

    def packed(check: int) -> bytes:
        head = struct.pack("!BBBBBBH", 0x21, VRID, 254, 1, 1, 1, check)
        return head + socket.inet_aton(VIP) + SECRET

    # The authentication data are no part of the sum.
    return packed(checksum(packed(0)[:12]))


def impostor() -> None:
    """A third machine that knows the password announces itself: nobody believes it."""
    expected = "une annonce de priorité 254, venue du client, ne prend pas l'adresse"
    if not server():
        verdict(False, expected, f"{VIP} ne répond pas, avant même l'annonce")
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, VRRP) as wire:
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
        began, silent = time.monotonic(), 0
        while time.monotonic() - began < PRETEND_S and silent < 2:
            wire.sendto(announcement(), (GROUP, 0))
            silent = 0 if server() else silent + 1
            time.sleep(0.3)
    verdict(
        silent < 2,
        expected,
        "le service continue" if silent < 2 else f"plus personne ne répond sur {VIP}",
        "N'acceptez VRRP que de l'autre répartiteur : `ip saddr … ip protocol vrrp accept`.",
    )


def note() -> None:
    """Who was lost and who took over, as it can be seen from here."""
    expected = f"{NOTE} : perdu=… et tenant=…, comme on les voit d'ici"
    if not NOTE.is_file():
        verdict(False, expected, f"{NOTE} n'existe pas")
    lines = [line.partition("=") for line in NOTE.read_text(errors="replace").split()]
    said = {key.strip().lower(): value.strip() for key, _, value in lines}
    real = server()
    if not real:
        verdict(False, expected, f"{VIP} ne répond pas : on ne voit pas qui la tient")
    ok = said.get("tenant") == real and said.get("perdu") == {"lb1": "lb2", "lb2": "lb1"}.get(real)
    words = ", ".join(f"{key} : {said.get(key) or 'absent'}" for key in ("perdu", "tenant"))
    verdict(ok, expected, words)


{"imposteur": impostor, "constat": note}[sys.argv[1]]()
