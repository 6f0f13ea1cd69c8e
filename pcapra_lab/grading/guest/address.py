"""The addresses of this machine."""

import json

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item
from pcapra_lab.grading.guest.process import run_process


def look(item: Item) -> Fact:
    """All addresses on links that are up, IPv4 and IPv6."""
    fact = run_process(
        ["ip", "-json", "address", "show"],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=item["timeout"],
    )
    if fact["timed_out"]:
        raise Failure("deadline")
    if fact["exit"] != 0:
        raise Failure("tool", f"ip : {fact['stderr'].strip()}")
    return {
        "kind": "address",
        "addresses": addresses(fact["stdout"]),
        "seconds": fact["seconds"],
    }


def addresses(text: str) -> list[str]:
    """The local addresses in ``ip -json address``; a link that is down serves none."""
    links = json.loads(text)
    return [
        info["local"]
        for link in links
        if "UP" in link.get("flags", ())
        for info in link.get("addr_info", ())
        if "local" in info
    ]
