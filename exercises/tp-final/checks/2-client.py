#!/usr/bin/env python3
"""Judge the load balancers from the client: what the address serves, what their statistics say.

Usage: 2-client.py partage | pool
"""

import base64
import csv
import os
import sys
import time

from lab_site import WEBS, Page, get
from lab_verdict import verdict

VIP = "192.168.1.100"
BALANCERS = {"lb1": "192.168.1.21", "lb2": "192.168.1.22"}
MARK = os.environ["PCAPRA_REPERE"]
LOGIN = base64.b64encode(f"admin:{os.environ['PCAPRA_JETON']}".encode()).decode()
FIRST_CHECKS_S = 12.0
"""What HAProxy needs after a reload before it knows its servers: three checks, one every 2 s."""


def shared() -> None:
    """Twelve requests, twelve pages, two servers."""
    expected = f"douze requêtes à {VIP}, douze fois votre page, servies par web1 et par web2"
    seen: dict[str, int] = {}
    for number in range(1, 13):
        page = get(VIP)
        if page.status != 200 or MARK not in page.said:
            said = "une autre page" if page.status == 200 else page.status or page.said
            verdict(False, expected, f"requête {number} : {said}")
        name = " et ".join(sorted(page.servers)) or "?"
        seen[name] = seen.get(name, 0) + 1
    counted = ", ".join(f"{name} : {count}" for name, count in sorted(seen.items()))
    verdict(set(seen) == set(WEBS), expected, counted)


def statistics(address: str) -> Page:
    """The statistics of one load balancer, for who knows the password."""
    return get(address, "/stats;csv", port=8404, Authorization=f"Basic {LOGIN}")


def states(address: str) -> dict[str, str]:
    """The servers of the backend « web », each with its state and its last check."""
    lines = statistics(address).said.partition("\n\n")[2].removeprefix("# ").splitlines()
    rows = [row for row in csv.DictReader(lines) if row.get("pxname") == "web"]
    return {
        str(row["svname"]): " ".join(
            part for key in ("status", "check_status", "check_code")
            if (part := (row.get(key) or "").removeprefix("* "))
        )
        for row in rows
        if row["svname"] not in ("BACKEND", "FRONTEND")
    }  # fmt: skip


def pool() -> None:
    """Both load balancers know both servers for sound, by the answer to an HTTP request."""
    expected = "lb1 et lb2, /stats sous mot de passe : dans web, web1 et web2 UP par contrôle HTTP"
    for name, address in BALANCERS.items():
        bare = get(address, "/stats", port=8404)
        if bare.status == 0:
            verdict(False, expected, f"{name}, port 8404 : {bare.said}")
        if bare.status != 401:
            verdict(False, expected, f"{name} : /stats sans mot de passe : {bare.status}")
        answer = statistics(address)
        if answer.status != 200:
            verdict(False, expected, f"{name} : /stats avec votre mot de passe : {answer.status}")
        if "\nsite,FRONTEND," not in answer.said:
            verdict(False, expected, f"{name} : aucun frontend « site »")
        deadline = time.monotonic() + FIRST_CHECKS_S
        wanted = dict.fromkeys(WEBS, "UP L7OK 200")
        while (seen := states(address)) != wanted and time.monotonic() < deadline:
            time.sleep(0.5)
        if seen != wanted:
            said = ", ".join(f"{server} {state}" for server, state in sorted(seen.items()))
            verdict(False, expected, f"{name} : {said or 'aucun serveur dans web'}")
    verdict(True, expected, "les deux répartiteurs, les deux serveurs")


{"partage": shared, "pool": pool}[sys.argv[1]]()
