#!/usr/bin/env python3
"""Judge the pair of load balancers, from one of them.

Usage: vrrp.py annonces | service | reste | alerte

``annonces`` only listens. ``service`` stops HAProxy here, ``reste`` and ``alerte`` restart
Keepalived here; all put back what they stopped.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lab_verdict import verdict

VIP = f"192.168.1.{os.environ['PCAPRA_VIP']}"
VRID = int(os.environ["PCAPRA_VRID"])
ME = socket.gethostname()
OTHER = {"lb1": "lb2", "lb2": "lb1"}[ME]
LOG = Path("/var/log/vrrp-etats.log")
VRRP = 112
MOVE_S = 15.0
"""More than three times what was measured: 4.4 s."""
STAY_S = 7.0
"""Twice what a master's silence takes to be noticed."""


def holding() -> bool:
    """Whether the address is on this machine: only then may a socket be bound to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        try:
            link.bind((VIP, 0))
        except OSError:
            return False
    return True


def server() -> str:
    """Who answers at the address: lb1 or lb2, or why there is no page."""
    connection = http.client.HTTPConnection(VIP, 80, timeout=1.0)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        return answer.headers.get("X-Repartiteur", "") if answer.status == 200 else "erreur"
    except (OSError, http.client.HTTPException):
        return "personne"
    finally:
        connection.close()


def systemctl(*args: str) -> bool:
    """Whether it could be done."""
    done = subprocess.run(["systemctl", *args], check=False, capture_output=True, timeout=60)
    return done.returncode == 0


def until(condition: Callable[[], bool], limit: float) -> float | None:
    """Seconds until a condition holds; None when it does not in time."""
    began = time.monotonic()
    while (took := time.monotonic() - began) < limit:
        if condition():
            return took
        time.sleep(0.1)
    return None


def announced() -> None:
    """The other one announces itself, for the router and the address that were asked for."""
    expected = f"{OTHER} annonce {VIP} pour le routeur virtuel {VRID}"
    heard: set[str] = set()
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as wire:
        deadline = time.monotonic() + 5
        while (left := deadline - time.monotonic()) > 0:
            wire.settimeout(left)
            try:
                packet, origin = wire.recvfrom(2048)
            except TimeoutError:
                break
            if packet[9] != VRRP or origin[2] == socket.PACKET_OUTGOING:
                continue
            data = packet[(packet[0] & 15) * 4 :]
            listed = [socket.inet_ntoa(data[8 + 4 * i : 12 + 4 * i]) for i in range(data[3])]
            sender = socket.gethostbyaddr(socket.inet_ntoa(packet[12:16]))[0]
            heard.add(f"{sender} : routeur {data[1]}, {', '.join(listed)}")
            if f"{OTHER} : routeur {VRID}, {VIP}" in heard:
                verdict(True, expected, "annonce entendue")
    verdict(False, expected, " ; ".join(sorted(heard)) or "aucune annonce en 5 s")


def moves() -> None:
    """HAProxy stops here, not Keepalived: the address must go where HAProxy runs."""
    expected = f"HAProxy arrêté sur {ME}, {OTHER} répond sur {VIP} en moins de {MOVE_S:.0f} s"
    if not until(holding, MOVE_S):
        verdict(False, expected, f"{VIP} n'est pas sur {ME}, mais sur : {server()}")
    try:
        systemctl("stop", "haproxy")
        took = until(lambda: not holding() and server() == OTHER, MOVE_S)
        if took is None:
            where = f"{VIP} est restée sur {ME}" if holding() else f"répond : {server()}"
    finally:
        systemctl("start", "haproxy")
    if took is None:
        verdict(False, expected, where)
    verdict(True, expected, f"{OTHER} répond après {took:.1f} s")


def stays() -> None:
    """Keepalived restarts here: the address must not come back by itself."""
    expected = f"Keepalived arrêté puis relancé sur {ME} : {OTHER} prend {VIP}, et la garde"
    try:
        systemctl("stop", "keepalived")
        took = until(lambda: server() == OTHER, MOVE_S)
    finally:
        started = systemctl("start", "keepalived")
    if took is None:
        verdict(False, expected, f"Keepalived arrêté sur {ME} : répond {server()}")
    if not started:
        verdict(False, expected, f"Keepalived ne redémarre pas sur {ME}")
    back = until(holding, STAY_S)
    if back is not None:
        verdict(False, expected, f"{ME} a repris {VIP} après {back:.1f} s : seconde coupure")
    verdict(server() == OTHER, expected, f"{OTHER} l'a prise en {took:.1f} s et l'a gardée")


def told() -> None:
    """A change of state leaves a line, with the state reached."""
    expected = f"{LOG} : une ligne à chaque changement, avec {os.environ['PCAPRA_JETON']} et l'état"
    known = len(lines())
    systemctl("restart", "keepalived")

    def new() -> list[str]:
        state = "MASTER" if holding() else "BACKUP"
        token = os.environ["PCAPRA_JETON"]
        return [line for line in lines()[known:] if token in line and state in line.split()]

    came = until(lambda: bool(new()), STAY_S)
    if came is None:
        since = lines()[known:]
        verdict(False, expected, f"depuis : {since[-1]}" if since else "aucune ligne nouvelle")
    verdict(True, expected, f"« {new()[-1]} »")


def lines() -> list[str]:
    """The log, empty if there is none."""
    return LOG.read_text(errors="replace").splitlines() if LOG.is_file() else []


JUDGES = {"annonces": announced, "service": moves, "reste": stays, "alerte": told}
JUDGES[sys.argv[1]]()
