#!/usr/bin/env python3
"""Stop HAProxy on lb1, where this runs: the address must go where pages are served, and come back.

What was stopped is started again, whatever happens.
"""

import os
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from lab_site import get
from lab_verdict import verdict

VIP = "192.168.1.100"
MARK = os.environ["PCAPRA_REPERE"]
MOVE_S = 20.0
"""More than four times what was measured in lesson 2.5: 4.4 s."""
BACK_S = 30.0


def holding() -> bool:
    """Whether the address is on this machine, whatever it may bind to (ip_nonlocal_bind)."""
    trie = Path("/proc/net/fib_trie").read_text().splitlines()
    return any(
        line.endswith(f"-- {VIP}") and "host LOCAL" in below for line, below in pairwise(trie)
    )


def served() -> bool:
    """Whether the address gives the trainee's page."""
    page = get(VIP, patience=1.5)
    return page.status == 200 and MARK in page.said


def elsewhere() -> bool:
    """Whether another machine holds the address, and serves."""
    return not holding() and served()


def here() -> bool:
    """Whether this one holds the address, and serves."""
    return holding() and served()


def until(condition: Callable[[], bool], limit: float) -> float | None:
    """Seconds until a condition holds; None when it does not in time."""
    began = time.monotonic()
    while (took := time.monotonic() - began) < limit:
        if condition():
            return took
        time.sleep(0.1)
    return None


expected = (
    f"HAProxy arrêté sur lb1, lb2 sert sur {VIP} en moins de {MOVE_S:.0f} s ; puis lb1 la reprend"
)
if until(here, BACK_S) is None:
    where = "répond, mais d'ailleurs" if served() else "ne répond pas"
    verdict(False, expected, f"pour commencer, {VIP} devrait être sur lb1 : elle {where}")
stopped = ["systemctl", "stop", "haproxy"]
subprocess.run(stopped, check=False, capture_output=True, timeout=60)
try:
    gone = until(elsewhere, MOVE_S)
    stuck = holding()
finally:
    started = ["systemctl", "start", "haproxy"]
    subprocess.run(started, check=False, capture_output=True, timeout=60)
if gone is None:
    verdict(
        False,
        expected,
        f"{VIP} est restée sur lb1, où rien ne répond" if stuck else f"{VIP} ne répond plus",
    )
back = until(here, BACK_S)
if back is None:
    verdict(
        False,
        expected,
        f"lb2 a servi après {gone:.1f} s, mais lb1 n'a pas repris l'adresse",
        "La priorité de lb1 doit dépasser celle de lb2, sans `nopreempt`.",
    )
verdict(True, expected, f"lb2 sert après {gone:.1f} s, lb1 reprend après {back:.1f} s")
