#!/usr/bin/env python3
"""Judge the supervision where it runs.

Usage: 4-sup.py cibles | regles | arrivee
"""

import json
import re
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from lab_alerts import ALERTMANAGER, MACHINES, ask, instant, prometheus, received, until
from lab_run import run
from lab_verdict import verdict

WEBS, BALANCERS = ("web1", "web2"), ("lb1", "lb2")
WANTED = [(name, 9100) for name in MACHINES] + [(name, 8405) for name in BALANCERS]
FIGURES = {
    "backup_last_success_timestamp_seconds": set(WEBS),
    "backup_alerts_pending": {"sauvegarde"},
}
SEEN_S = 60.0
KNOWN_S = 15.0
"""Prometheus asks nobody in its first five seconds."""
ARRIVES_S = 60.0
UNKNOWN = "n'est pas interrogé"
Series = tuple[dict[str, str], float]
Steps = Callable[[Mapping[str, str], float], str]
"""What a series is from minute to minute, in promtool's own notation."""


def machine(host: str) -> str:
    """The machine that a target's name or address leads to; itself when to none of the lab."""
    try:
        address = socket.gethostbyname(host)
    except OSError:
        return host
    if address.startswith("127."):
        return "sup"
    return next((name for name, one in MACHINES.items() if one == address), host)


def targets(expected: str) -> dict[tuple[str, int], dict[str, str]]:
    """The active targets, by machine and port: state, last error, name in the series."""
    found = {}
    for one in prometheus("targets", expected, state="active")["activeTargets"]:
        url = urlsplit(one["scrapeUrl"])
        found[machine(url.hostname or ""), url.port or 80] = {
            "health": one["health"],
            "error": one["lastError"],
            "instance": one["labels"].get("instance", ""),
        }
    return found


def missing(expected: str) -> str:
    """What Prometheus does not see yet, in words."""
    seen = targets(expected)
    for name, port in WANTED:
        one = seen.get((name, port))
        if one is None:
            return f"{name}:{port} {UNKNOWN}"
        if one["health"] != "up":
            return f"{name}:{port} : {one['error'] or 'pas encore interrogé'}"
    where = {one["instance"]: name for (name, _), one in seen.items()}

    def known(query: str) -> dict[str, float]:
        found = instant(query, expected)
        return {where.get(labels.get("instance", ""), "?"): value for labels, value in found}

    holders = known("keepalived_vip_holder")
    if set(holders) != set(BALANCERS):
        return f"keepalived_vip_holder : donné par {' et '.join(sorted(holders)) or 'personne'}"
    if sorted(holders.values()) != [0, 1]:
        said = ", ".join(f"{name} {value:g}" for name, value in sorted(holders.items()))
        return f"keepalived_vip_holder : {said}"
    for name, givers in FIGURES.items():
        if set(found := known(name)) != givers:
            return f"{name} : donné par {' et '.join(sorted(found)) or 'personne'}"
    for name in BALANCERS:
        servers = {
            labels.get("server")
            for labels, _ in instant('haproxy_server_status{proxy="web"}', expected)
            if where.get(labels.get("instance", "")) == name
        }
        if not servers.issuperset(WEBS):
            return f"{name}:8405 : ni web1 ni web2 dans le backend web"
    return ""


def seen_all() -> None:
    """Every machine is asked and answers, with what the rules need."""
    expected = "up : six machines sur 9100, lb1 et lb2 sur 8405 ; VIP et sauvegardes mesurées"
    problem = missing(expected)
    began = time.monotonic()
    while problem and time.monotonic() < began + (KNOWN_S if UNKNOWN in problem else SEEN_S):
        time.sleep(2)
        problem = missing(expected)
    verdict(not problem, expected, problem or "huit cibles up, toutes les mesures sont là")


# The rules, tried on the lab's own series: nothing is broken for that.

MINUTES = 10
EVENT = 5
"""The minute of what happens, in a rehearsal."""


def written(labels: Mapping[str, str]) -> str:
    """A series as promtool reads it."""
    inside = ", ".join(
        f"{key}={json.dumps(value)}" for key, value in sorted(labels.items()) if key != "__name__"
    )
    return f"{labels['__name__']}{{{inside}}}"


def flat(value: float) -> str:
    """Always the same."""
    return f"{value!r}x{MINUTES * 2}"


def turns(before: float, after: float) -> str:
    """One value, then another one for good."""
    return f"{before!r}x{EVENT - 1} {after!r}x{MINUTES * 2}"


def rehearsals(expected: str) -> dict[str, Steps]:
    """What is played: by its name in French, what each series becomes."""
    where = {one["instance"]: name for (name, _), one in targets(expected).items()}

    def at(labels: Mapping[str, str]) -> str:
        return where.get(labels.get("instance", ""), "")

    def calm(labels: Mapping[str, str], value: float) -> str:
        return flat(value)

    def dead(labels: Mapping[str, str], value: float) -> str:
        if at(labels) != "web2":
            return flat(value)
        return turns(value, 0.0) if labels["__name__"] == "up" else f"{value!r}x{EVENT - 1}"

    def removed(labels: Mapping[str, str], value: float) -> str:
        name, state = labels["__name__"], labels.get("state", "")
        if not name.startswith("haproxy_") or labels.get("proxy") != "web":
            return flat(value)
        if labels.get("server") == "web1":
            if state:
                return turns(value, float(state in ("DOWN", "L4CON", "L4TOUT", "L7TOUT")))
            if name in ("haproxy_server_up", "haproxy_server_check_code"):
                return turns(value, 0.0)
            if re.search("fail|down", name):
                return f"{value!r}x{EVENT - 1} {value + 1!r}+1x{MINUTES * 2}"
        elif re.search("active_servers|agg", name) and "server" not in labels:
            less = {"": -1.0, "UP": -1.0, "DOWN": 1.0}.get(state, 0.0)
            return turns(value, value + less)
        return flat(value)

    def moved(labels: Mapping[str, str], value: float) -> str:
        if labels["__name__"] != "keepalived_vip_holder":
            return flat(value)
        return turns(1.0, 0.0) if at(labels) == "lb1" else turns(0.0, 1.0)

    def aged(hours: float) -> Steps:
        def steps(labels: Mapping[str, str], value: float) -> str:
            name = labels["__name__"]
            if name == "backup_last_success_timestamp_seconds" and at(labels) == "web1":
                return flat(-3600.0 * hours)
            return flat(value)

        return steps

    def failed(labels: Mapping[str, str], value: float) -> str:
        if labels["__name__"] == "backup_alerts_pending":
            return turns(0.0, 1.0)
        return flat(value)

    return {
        "tout va bien": calm, "web2 ne répond plus": dead, "HAProxy retire web1": removed,
        "la VIP change de machine": moved, "sauvegarde d'il y a 25 h": aged(25),
        "sauvegarde d'il y a 30 h": aged(30), "une alerte de sauvegarde arrive": failed,
    }  # fmt: skip


SILENT = ("sauvegarde d'il y a 25 h",)
"""Where no alert is wanted: the night's backup is simply a bit late."""


def alerts_of(files: list[str], series: list[Series], expected: str) -> dict[str, set[str]]:
    """The alerts that the trainee's rules raise in each rehearsal."""
    played = rehearsals(expected)
    firing = 'ALERTS{alertstate="firing"}'
    tests = []
    for number, steps in enumerate(played.values()):
        tests.append(
            {
                "interval": "1m",
                "input_series": [
                    {"series": written(labels), "values": steps(labels, value)}
                    for labels, value in series
                ],
                "promql_expr_test": [
                    {
                        "expr": f'label_replace({firing}, "cas", "{number}", "", "")',
                        "eval_time": f"{MINUTES - 1}m",
                        "exp_samples": [],
                    }
                ],
            }
        )
    plan = {"rule_files": files, "evaluation_interval": "30s", "tests": tests}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "essai.yml"
        # JSON is YAML.
        path.write_text(json.dumps(plan))
        done = run("promtool", "test", "rules", str(path), timeout=180)
    said = done.stdout + done.stderr
    if "SUCCESS" not in said and "got:" not in said:
        verdict(False, expected, f"promtool : {said.strip().splitlines()[-1][:160]}")
    found: dict[str, set[str]] = {name: set() for name in played}
    names = list(played)
    for labels in re.findall(r"\{__name__=\"ALERTS\"[^}]*\}", said):
        pairs = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))
        case = names[int(pairs.pop("cas"))]
        found[case].add(" ".join(f"{k}={v}" for k, v in sorted(pairs.items())))
    return found


def rules() -> None:
    """Each thing that happens raises an alert; a calm day raises none."""
    expected = (
        "une alerte pour chaque panne : machine, serveur retiré, VIP, sauvegarde ; sinon aucune"
    )
    until(lambda: bool(instant("up", expected)), KNOWN_S, 1.0)
    groups = prometheus("rules", expected, type="alert")["groups"]
    files = sorted({group["file"] for group in groups})
    text = " ".join(rule["query"] for group in groups for rule in group["rules"])
    if not text:
        verdict(False, expected, "Prometheus n'a chargé aucune règle d'alerte")
    known = prometheus("label/__name__/values", expected)
    used = [name for name in known if re.search(rf"\b{re.escape(name)}\b", text)]
    now = time.time()
    series = []
    for labels, value in instant(f'{{__name__=~"{"|".join(used)}"}}', expected):
        name = labels["__name__"]
        if name == "backup_alerts_pending":
            # One that waits today must not hide the rehearsed one.
            series.append((labels, 0.0))
        elif name != "ALERTS":
            # A test's clock begins at zero: dates are counted from now.
            series.append((labels, value - now if 1e9 < value < 4e9 else value))
    found = alerts_of(files, series, expected)
    usual = found["tout va bien"]
    for case, alerts in found.items():
        new = alerts - usual
        if case == "tout va bien":
            continue
        if case in SILENT and new:
            verdict(False, expected, f"{case} : {sorted(new)[0].split()[0]} tire déjà")
        if case not in SILENT and not new:
            verdict(False, expected, f"essai, « {case} » : aucune alerte en quatre minutes")
    verdict(True, expected, f"{len(found)} journées rejouées par promtool")


def arrival() -> None:
    """Prometheus knows this Alertmanager, and what it is given reaches the receiver's log."""
    expected = "Prometheus livre à Alertmanager, qui livre au récepteur : /var/log/alertes.jsonl"
    active = prometheus("alertmanagers", expected)["activeAlertmanagers"]
    if not any(urlsplit(one["url"]).port == 9093 for one in active):
        verdict(False, expected, "Prometheus ne connaît aucun Alertmanager sur 9093")
    nonce = secrets.token_hex(6)
    labels = {
        "alertname": "ControleArrivee", "severity": "critical", "instance": nonce, "job": "node",
    }  # fmt: skip
    alert = {"labels": labels, "annotations": {"summary": f"essai {nonce}"}}
    ask(f"{ALERTMANAGER}/api/v2/alerts", expected, [alert])
    came = until(lambda: any(nonce in line for line in received()), ARRIVES_S)
    over = {"endsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    ask(f"{ALERTMANAGER}/api/v2/alerts", expected, [alert | over])
    said = "l'alerte d'essai est arrivée" if came else f"rien n'est arrivé en {ARRIVES_S:.0f} s"
    verdict(came, expected, said)


{"cibles": seen_all, "regles": rules, "arrivee": arrival}[sys.argv[1]]()
