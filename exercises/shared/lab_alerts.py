"""What a Prometheus and its Alertmanager know, asked on their own machine; what was received."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lab_verdict import verdict

PROMETHEUS = "http://127.0.0.1:9090"
ALERTMANAGER = "http://127.0.0.1:9093"
RECEIVED = Path("/var/log/alertes.jsonl")
MACHINES = {
    "lb1": "192.168.1.21", "lb2": "192.168.1.22", "web1": "192.168.1.11",
    "web2": "192.168.1.12", "sauvegarde": "192.168.1.31", "sup": "192.168.1.41",
}  # fmt: skip
PATIENCE = 15.0


def ask(url: str, expected: str, given: object = None) -> Any:
    """The JSON of an answer; a verdict when there is none.

    Args:
        url: what is asked.
        expected: what the verdict says.
        given: what is sent, as JSON; None to ask only.
    """
    data = None if given is None else json.dumps(given).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    place = urllib.parse.urlsplit(url).netloc
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        verdict(False, expected, f"{place} répond {error.code}")
    except OSError as error:
        reason = getattr(error, "reason", error)
        refused = isinstance(reason, ConnectionRefusedError)
        verdict(False, expected, f"{place} : {'connexion refusée' if refused else reason}")
    try:
        return json.loads(text or b"null")
    except ValueError:
        verdict(False, expected, f"{place} ne répond pas comme Prometheus ou Alertmanager")


def prometheus(path: str, expected: str, **query: str) -> Any:
    """The data of an answer of Prometheus's own interface."""
    question = f"?{urllib.parse.urlencode(query)}" if query else ""
    return ask(f"{PROMETHEUS}/api/v1/{path}{question}", expected)["data"]


def instant(query: str, expected: str) -> list[tuple[dict[str, str], float]]:
    """The series of a query now: labels and value."""
    found = prometheus("query", expected, query=query)["result"]
    return [(one["metric"], float(one["value"][1])) for one in found]


def received() -> list[str]:
    """The lines that the receiver wrote, oldest first."""
    try:
        return RECEIVED.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def firing(since: int, name: str, words: Sequence[str]) -> list[str]:
    """The lines of a firing alert that speaks of one of these words.

    Args:
        since: how many lines are older.
        name: the alert's, whole.
        words: a machine, its address…
    """
    about = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words))
    return [
        line
        for line in received()[since:]
        if "firing" in line and re.search(rf'"{re.escape(name)}"', line) and about.search(line)
    ]


def until(true: Callable[[], bool], seconds: float, pause: float = 0.5) -> bool:
    """Whether something became true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def metrics(address: str) -> dict[str, float]:
    """What a node exporter says, by series as it writes them; empty when it does not answer."""
    try:
        with urllib.request.urlopen(f"http://{address}:9100/metrics", timeout=PATIENCE) as answer:
            text = answer.read().decode(errors="replace")
    except OSError:
        return {}
    found = {}
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if name and not line.startswith("#"):
            found[name] = float(value)
    return found


def metric(address: str, name: str) -> float | None:
    """One figure of a machine, whatever its labels; None when there is none."""
    for series, value in metrics(address).items():
        if series.partition("{")[0] == name:
            return value
    return None
