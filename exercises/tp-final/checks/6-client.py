#!/usr/bin/env python3
"""Judge the service from the client, at the address that everybody knows.

Usage: 6-client.py continu | normale
"""

import os
import sys
import time

from lab_site import WEBS, get, planted
from lab_verdict import verdict

VIP = "192.168.1.100"
MARK = os.environ["PCAPRA_REPERE"]
BACK_S = 30.0


def trouble(count: int) -> str:
    """What is wrong with so many pages in a row, in words."""
    for number in range(1, count + 1):
        page = get(VIP, patience=3.0)
        if page.status != 200 or MARK not in page.said:
            said = "une autre page" if page.status == 200 else page.status or page.said
            return f"requête {number} : {said}"
    return ""


def continuous() -> None:
    """Twelve pages, none is missing."""
    expected = f"douze requêtes à {VIP}, douze fois votre page"
    problem = trouble(12)
    deadline = time.monotonic() + BACK_S
    while problem and time.monotonic() < deadline:
        time.sleep(1)
        problem = trouble(12)
    verdict(not problem, expected, problem or "douze pages")


def normal() -> None:
    """The catalogue is right whoever serves it, and both do."""
    expected = "douze fois le catalogue, juste à l'octet, servi par web1 et par web2"
    right = planted()["catalogue.csv"].content
    servers: set[str] = set()
    for number in range(1, 13):
        answer = get(VIP, "/catalogue.csv", patience=3.0)
        if answer.status != 200:
            verdict(False, expected, f"requête {number} : {answer.status or answer.said}")
        if answer.body != right:
            verdict(False, expected, f"requête {number} : un catalogue qui n'est pas le bon")
        servers |= answer.servers
    verdict(servers == set(WEBS), expected, f"servi par {' et '.join(sorted(servers)) or '?'}")


{"continu": continuous, "normale": normal}[sys.argv[1]]()
