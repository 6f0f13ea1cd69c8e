#!/usr/bin/env python3
"""Judge the cluster from the client: what its members answer, and where rows really arrive.

Usage: grappe.py etcd | grappe | bascule | suit | service | revenu | commande | confirme | attend
    | toujours

``suit`` moves the leader, and moves it back.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NoReturn

NODES = {"pg1": "192.168.1.31", "pg2": "192.168.1.32", "pg3": "192.168.1.33"}
SCOPE = os.environ["PCAPRA_CLIENT"]
SECRET = os.environ["PCAPRA_MDP"]
ORDER = os.environ["PCAPRA_COMMANDE"]
ALL = ",".join(NODES.values())
PATIENCE_S = 12.0
"""A little more than a turn of Patroni."""
MOVE_S = 60.0


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def ask(url: str, body: Any = None) -> tuple[int, Any]:
    """An answer's status and JSON; 0 when there is none."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=6) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    except (OSError, ValueError):
        return 0, {}
    try:
        return status, json.loads(text)
    except ValueError:
        return status, {}


def sql(host: str, statements: str, *, writes: bool = False) -> tuple[bool, str]:
    """Whether the shop's account could, and what was answered."""
    return psql(
        f"host={host} dbname=boutique user=caisse password={SECRET} connect_timeout=4"
        + (" target_session_attrs=read-write" if writes else ""),
        statements,
    )


def psql(target: str, statements: str) -> tuple[bool, str]:
    """What a client answers; it has a deadline of its own."""
    argv = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statements, target]
    try:
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except FileNotFoundError:
        return False, "psql n'est pas installé"
    except subprocess.TimeoutExpired:
        return False, "pas de réponse en 10 s"
    said = (ended.stdout if ended.returncode == 0 else ended.stderr).strip()
    return ended.returncode == 0, said if ended.returncode == 0 else said.splitlines()[-1][:160]


def until(problem: Callable[[], str], limit: float = PATIENCE_S) -> str:
    """The problem that is left once there is none, or no more time."""
    deadline = time.monotonic() + limit
    while (left := problem()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return left


def leader() -> str:
    """The one that answers as the leader; empty for none or several."""
    found = [n for n, ip in NODES.items() if ask(f"http://{ip}:8008/primary")[0] == 200]
    return found[0] if len(found) == 1 else ""


# -- what may be wrong, in words; empty when nothing is ----------------------------------------


def no_quorum() -> str:
    """The three etcd are one cluster, and each of them knows it has a majority."""
    wanted = {f"http://{ip}:2380" for ip in NODES.values()}
    for node, ip in NODES.items():
        _status, said = ask(f"http://{ip}:2379/v3/cluster/member/list", {})
        if not said:
            return f"etcd ne répond pas sur {node} (port 2379)"
        members = said.get("members", [])
        if {url for one in members for url in one.get("peerURLs", [])} != wanted:
            names = ", ".join(sorted(one.get("name") or "sans nom" for one in members))
            return f"{node} connaît {len(members)} membre(s) : {names}"
        if str(ask(f"http://{ip}:2379/health")[1].get("health")).lower() != "true":
            return f"etcd de {node} : pas de majorité en vue"
    return ""


def not_one_leader() -> str:
    """One leader, two copies that run, of the one cluster that was asked for."""
    roles: dict[str, list[str]] = {"chef": [], "copie": [], "ni l'un ni l'autre": []}
    for node, ip in NODES.items():
        _status, said = ask(f"http://{ip}:8008/patroni")
        if not said:
            return f"Patroni ne répond pas sur {node} (port 8008)"
        if (scope := said.get("patroni", {}).get("scope")) != SCOPE:
            return f"{node} est de la grappe « {scope} »"
        role, running = said.get("role"), said.get("state") == "running"
        known = {"master": "chef", "primary": "chef", "replica": "copie"}.get(
            role if running else ""
        )
        roles[known or "ni l'un ni l'autre"].append(node)
    if len(roles["chef"]) == 1 and len(roles["copie"]) == 2:
        return ""
    return " ; ".join(f"{role} : {', '.join(nodes) or 'aucun'}" for role, nodes in roles.items())


def not_followed() -> str:
    """A row written on the leader arrives on both copies, which stream from it."""
    if problem := not_one_leader():
        return problem
    first = leader()
    said = ask(f"http://{NODES[first]}:8008/patroni")[1] if first else {}
    streams = {
        x.get("client_addr") for x in said.get("replication", []) if x.get("state") == "streaming"
    }
    others = {node: ip for node, ip in NODES.items() if node != first}
    for node, ip in others.items():
        if ip not in streams:
            return f"{node} ne suit pas {first or 'le chef'} (pg_stat_replication)"
    mark = str(time.time_ns())
    done, words = sql(
        NODES[first],
        "CREATE TABLE IF NOT EXISTS pcapra_controle (n bigint PRIMARY KEY);"
        f" INSERT INTO pcapra_controle VALUES ({mark})",
    )
    if not done:
        return f"{first} refuse une ligne de caisse : {words}"
    for node, ip in others.items():

        def absent(node: str = node, ip: str = ip) -> str:
            seen = sql(ip, f"SELECT count(*) FROM pcapra_controle WHERE n = {mark}")
            return (
                ""
                if seen == (True, "1")
                else f"la ligne écrite sur {first} n'arrive pas sur {node}"
            )

        if problem := until(absent, 6):
            return problem
    return ""


def paused() -> str:
    """Nobody left the automatic failover off."""
    first = leader() or "pg2"
    said = ask(f"http://{NODES[first]}:8008/cluster")[1]
    return "bascule automatique suspendue (pause)" if said.get("pause") else ""


def stolen() -> str:
    """The leader is the one that was elected last."""
    first = leader()
    lines = ask(f"http://{NODES[first]}:8008/history")[1] if first else []
    chosen = lines[-1][4] if lines and len(lines[-1]) > 4 else first
    if chosen == first:
        return ""
    return (
        f"{first} mène, alors que {chosen} a été élu : ce que {chosen} avait enregistré est perdu"
    )


def not_back() -> str:
    """All of it, for a cluster after its incident."""
    return no_quorum() or not_followed() or paused() or stolen()


# -- judgements --------------------------------------------------------------------------------


def told(problem: str, expected: str, right: str, hint: str = "") -> NoReturn:
    """The verdict that a problem calls for."""
    verdict(not problem, expected, problem or right, hint)


def etcd() -> None:
    told(
        until(no_quorum), "une grappe etcd de trois membres, chacun voit une majorité", "les trois"
    )


def cluster() -> None:
    told(
        until(not_followed),
        f"grappe {SCOPE} : un chef, deux copies qui reçoivent ses lignes",
        f"{leader()} mène, les deux autres suivent",
    )


def switched() -> None:
    first = leader()
    lines = ask(f"http://{NODES[first]}:8008/history")[1] if first else []
    told(
        ""
        if first == "pg2" and lines
        else f"chef : {first or 'aucun'}, {len(lines)} changement(s)",
        "pg2 mène, après un changement de chef",
        "pg2 mène",
    )


def move(source: str, target: str) -> str:
    """Have the leader changed; the problem, if there is one."""
    body = {"leader": source, "candidate": target}
    status, _said = ask(f"http://{NODES[source]}:8008/switchover", body)
    if status not in {0, 200, 503}:
        return f"le passage de {source} à {target} est refusé ({status})"
    return until(lambda: "" if leader() == target else f"{target} ne mène pas", MOVE_S)


def follows() -> None:
    """The account's own shell, so that a file in its home counts."""
    expected = "psql service=boutique joint le chef, avant et après un changement de chef"
    query = "SELECT host(inet_server_addr()), pg_is_in_recovery()"

    def astray(node: str) -> str:
        done, said = psql("service=boutique connect_timeout=4", query)
        if not done:
            return said
        address, _, recovering = said.partition("|")
        if recovering != "f":
            return f"joint une copie en lecture seule ({address}), alors que {node} mène"
        return "" if address == NODES[node] else f"joint {address}, alors que {node} mène"

    if problem := until(lambda: astray("pg2"), 3):
        verdict(False, expected, problem)
    problem = move("pg2", "pg3") or until(lambda: astray("pg3"), 8)
    until(not_one_leader, MOVE_S)
    back = move("pg3", "pg2")
    until(not_one_leader, MOVE_S)
    told(problem or back, expected, "suit de pg2 à pg3")


def serves() -> None:
    done, said = sql(
        ALL,
        "CREATE TABLE IF NOT EXISTS pcapra_service (n bigint PRIMARY KEY);"
        f" INSERT INTO pcapra_service VALUES ({time.time_ns()})",
        writes=True,
    )
    told("" if done else said, "une vente de plus est enregistrée par le chef", "enregistrée")


def back() -> None:
    told(
        until(not_back, 3),
        "etcd entier, un chef élu, deux copies qui le suivent, bascule automatique en service",
        "la grappe est entière",
    )


def order() -> None:
    done, said = sql(ALL, f"SELECT count(*) FROM commandes WHERE numero = '{ORDER}'", writes=True)
    told(
        said if not done else "" if said == "1" else f"{said} ligne(s) {ORDER} chez le chef",
        f"la commande {ORDER} est dans la table commandes du chef",
        "elle y est",
        "Perdue partout ? Revenez au début de l'étape : pcapra-lab rewind.",
    )


def no_synchronous() -> str:
    """One copy that must confirm, and that alone may be elected."""
    first = leader()
    if not first:
        return "aucun chef"
    members = ask(f"http://{NODES[first]}:8008/cluster")[1].get("members", [])
    if not any(one.get("role") == "sync_standby" for one in members):
        return "aucune copie n'est déclarée synchrone par Patroni"
    streams = ask(f"http://{NODES[first]}:8008/patroni")[1].get("replication", [])
    if not any(one.get("sync_state") in {"sync", "quorum"} for one in streams):
        return "PostgreSQL n'attend aucune copie (sync_state)"
    return ""


def synchronous() -> None:
    told(
        until(no_synchronous),
        "Patroni désigne une copie synchrone, et PostgreSQL l'attend",
        "une copie synchrone",
    )


def waits() -> None:
    done, said = sql(ALL, "SHOW synchronous_commit", writes=True)
    waiting = said in {"on", "remote_apply", "remote_write"}
    told(
        "" if done and waiting else f"synchronous_commit : {said}",
        "chaque COMMIT de caisse attend la copie",
        f"synchronous_commit : {said}",
    )


JUDGES = {
    "etcd": etcd,
    "grappe": cluster,
    "bascule": switched,
    "suit": follows,
    "service": serves,
    "revenu": back,
    "commande": order,
    "confirme": synchronous,
    "attend": waits,
    "toujours": synchronous,
}
JUDGES[sys.argv[1]]()
