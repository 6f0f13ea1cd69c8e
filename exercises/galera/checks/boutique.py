#!/usr/bin/env python3
"""What the shop's application sees of the three nodes, from the client, with its own account.

Usage: boutique.py membres | partage | moteur | visites | retour | derniere | majorite | vente |
constat

``partage``, ``visites`` and ``vente`` write, and take away what they wrote.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

NODES = {"db1": "192.168.1.10", "db2": "192.168.1.11", "db3": "192.168.1.12"}
NAMES = tuple(NODES)
MARK = os.environ["PCAPRA_REPERE"]
TOKEN = os.environ["PCAPRA_JETON"]
TRY = "essai du laboratoire"
NOTE = Path("/srv/boutique/constat")
JOINING_S = 25.0
"""For a node that is on its way back, seen at once when it is."""
SETTLING_S = 6.0
"""For the nodes' counts to agree."""
STATE = """SELECT GROUP_CONCAT(VARIABLE_VALUE ORDER BY VARIABLE_NAME SEPARATOR '|')
FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN
('WSREP_CLUSTER_SIZE', 'WSREP_CLUSTER_STATUS', 'WSREP_LOCAL_STATE_COMMENT', 'WSREP_READY')"""
"""In this order."""
FRESH = "SET SESSION wsrep_sync_wait = 1; "
"""Read only once what the others committed before is here."""


class Trouble(Exception):
    """A node that does not do what is asked, in words."""


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def ask(node: str, sql: str) -> list[list[str]]:
    """The rows of an answer. Raises ``Trouble`` with the client's last words."""
    command = ["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--connect-timeout=4"]
    try:
        done = subprocess.run(
            [*command, "--host", NODES[node], "--user=boutique", f"--execute={sql}", "boutique"],
            check=False, capture_output=True, text=True, errors="replace", timeout=20,
            env={**os.environ, "MYSQL_PWD": os.environ["PCAPRA_MDP"]},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Trouble(f"{node} : pas de réponse en 20 s") from None
    if done.returncode:
        lines = [one for one in done.stderr.splitlines() if one.startswith("ERROR")]
        raise Trouble(f"{node} : {lines[-1] if lines else done.stderr.strip()[-120:]}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def together(nodes: Iterable[str], asked: Callable[[str], Any]) -> dict[str, Any]:
    """The same question to several nodes at once; a ``Trouble`` stands for its answer."""

    def one(node: str) -> Any:
        try:
            return asked(node)
        except Trouble as trouble:
            return trouble

    nodes = tuple(nodes)
    with ThreadPoolExecutor(len(nodes)) as pool:
        return dict(zip(nodes, pool.map(one, nodes), strict=True))


def all_well(expected: str, answers: dict[str, Any]) -> None:
    """Stop at the first node that could not do it."""
    troubles = [str(one) for one in answers.values() if isinstance(one, Trouble)]
    if troubles:
        verdict(False, expected, " ; ".join(troubles))


def states(nodes: Iterable[str]) -> dict[str, Any]:
    """Each node's view of the cluster: size, status, state and readiness."""
    return together(nodes, lambda node: ask(node, STATE)[0][0])


def said(answers: dict[str, Any]) -> str:
    """Those views in words."""
    words = []
    for node, one in answers.items():
        if isinstance(one, Trouble):
            words.append(str(one))
            continue
        size, status, state, ready = (str(one).split("|") + [""] * 4)[:4]
        replicates = "" if ready == "ON" else ", ne réplique pas"
        words.append(f"{node} : {size} nœud(s), {status}, {state}{replicates}")
    return " ; ".join(words)


def whole() -> tuple[bool, str]:
    """Whether the three are one cluster, all of them up to date; awaited where it is under way."""
    good = "3|Primary|Synced|ON"
    began = time.monotonic()
    while True:
        answers = states(NAMES)
        if all(one == good for one in answers.values()):
            return True, said(answers)
        views = [str(one) for one in answers.values() if not isinstance(one, Trouble)]
        moving = any("Join" in one or "Donor" in one for one in views)
        limit = JOINING_S if moving else SETTLING_S
        if len(views) < len(NAMES):
            limit = 0.0
        if time.monotonic() - began > limit:
            return False, said(answers)
        time.sleep(0.5)


def members() -> None:
    """One cluster of three."""
    ok, seen = whole()
    verdict(ok, "db1, db2 et db3 : 3 nœuds, Primary, Synced", seen)


def forget_tries() -> None:
    """What the checks wrote is taken away, by whichever node still writes."""
    for node in NAMES:
        try:
            ask(node, f"DELETE FROM commandes WHERE article LIKE '{TRY}%'")
        except Trouble:
            continue
        return


def shared() -> None:
    """What was on db1 is everywhere; what any node writes, every node reads."""
    expected = "la première commande partout, et une commande écrite par chaque nœud lue par tous"
    insert = "INSERT INTO commandes (article) VALUES ('{} {}')"
    try:
        all_well(expected, together(NAMES, lambda node: ask(node, insert.format(TRY, node))))
        wanted = sorted([MARK, *(f"{TRY} {node}" for node in NAMES)])
        read = (
            f"{FRESH}SELECT DISTINCT article FROM commandes"
            f" WHERE article = '{MARK}' OR article LIKE '{TRY}%'"
        )
        answers = together(NAMES, lambda node: sorted(row[0] for row in ask(node, read)))
    finally:
        forget_tries()
    all_well(expected, answers)
    for node, rows in answers.items():
        lacking = [one for one in wanted if one not in rows]
        if lacking:
            names = ["la première commande" if one == MARK else f"« {one} »" for one in lacking]
            verdict(False, expected, f"{node} n'a pas : {', '.join(names)}")
    verdict(True, expected, "quatre commandes, lues par les trois nœuds")


def engine() -> None:
    """Every table of the shop can be replicated."""
    expected = (
        "les tables de boutique en InnoDB, chacune avec une clé primaire, sur les trois nœuds"
    )
    query = (
        "SELECT t.TABLE_NAME, t.ENGINE, COUNT(c.COLUMN_NAME) FROM information_schema.TABLES t"
        " LEFT JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA"
        " AND c.TABLE_NAME = t.TABLE_NAME AND c.COLUMN_KEY = 'PRI'"
        " WHERE t.TABLE_SCHEMA = 'boutique' AND t.TABLE_TYPE = 'BASE TABLE'"
        " GROUP BY t.TABLE_NAME, t.ENGINE"
    )
    answers = together(NAMES, lambda node: ask(node, query))
    all_well(expected, answers)
    wrong = []
    for node, rows in answers.items():
        names = set()
        for table, kind, keys in rows:
            names.add(table)
            if kind != "InnoDB":
                wrong.append(f"{node}, {table} : {kind}")
            elif keys == "0":
                wrong.append(f"{node}, {table} : sans clé primaire")
        wrong += [f"{node} : pas de table {one}" for one in {"commandes", "visites"} - names]
    verdict(not wrong, expected, " ; ".join(wrong[:3]) or "InnoDB partout, avec une clé")


def visits() -> None:
    """The visits are the same everywhere, those of before and a new one."""
    expected = "les mêmes visites sur les trois nœuds : les cinq d'avant, et une nouvelle"
    page = f"/{TRY}"

    def read() -> dict[str, list[str]]:
        query = f"{FRESH}SELECT page FROM visites ORDER BY quand, page"
        answers = together(NAMES, lambda node: [row[0] for row in ask(node, query)])
        all_well(expected, answers)
        return answers

    before = read()
    old = {n: sum(one.startswith(f"/{MARK}/") for one in pages) for n, pages in before.items()}
    words = ", ".join(f"{node} : {count} d'avant" for node, count in old.items())
    if set(old.values()) != {5} or any(one != before["db1"] for one in before.values()):
        # Nothing is written: on rows that differ, a write would throw a node out of the cluster.
        verdict(False, expected, f"{words} ; les nœuds diffèrent")
    write = f"INSERT INTO visites (quand, page) VALUES (NOW(), '{page}')"
    try:
        all_well(expected, together(["db2"], lambda node: ask(node, write)))
        lacking = [node for node, pages in read().items() if page not in pages]
    finally:
        together(["db2"], lambda node: ask(node, f"DELETE FROM visites WHERE page = '{page}'"))
    seen = f"la nouvelle manque sur {', '.join(lacking)}" if lacking else "la nouvelle partout"
    verdict(not lacking, expected, f"{words} ; {seen}")


def orders(wanted: dict[str, str], expected: str) -> None:
    """Some orders are on every node, and every node has as many."""
    query = f"{FRESH}SELECT article FROM commandes ORDER BY id"
    answers = together(NAMES, lambda node: [row[0] for row in ask(node, query)])
    all_well(expected, answers)
    for node, rows in answers.items():
        for article, name in wanted.items():
            if article not in rows:
                verdict(False, expected, f"{node} n'a pas {name}")
    counts = {node: len(rows) for node, rows in answers.items()}
    words = ", ".join(f"{node} : {count}" for node, count in counts.items())
    verdict(len(set(counts.values())) == 1, expected, f"commandes : {words}")


def back() -> None:
    """The node that was cut off is back, with what the others wrote meanwhile."""
    expected = "une grappe de 3, et sur chaque nœud la commande passée pendant la coupure"
    ok, seen = whole()
    if not ok:
        verdict(False, expected, seen)
    orders({f"coupure {TOKEN}": "la commande passée pendant la coupure"}, expected)


def last() -> None:
    """Nothing that was acknowledged before the stop is lost."""
    expected = "sur chaque nœud, toutes les commandes d'avant l'arrêt, jusqu'à la dernière"
    wanted = {
        f"avant-dernière {TOKEN}": "l'avant-dernière commande",
        f"dernière {TOKEN}": "la dernière commande",
    }
    orders(wanted, expected)


def majority() -> None:
    """The two that are left are one cluster, and serve."""
    expected = "db1 et db3 : Primary et Synced, dans la même grappe"
    began = time.monotonic()
    while True:
        answers = states(["db1", "db3"])
        views = [str(one).split("|") for one in answers.values()]
        ok = all(
            len(v) == 4 and v[0] in "23" and v[1:] == ["Primary", "Synced", "ON"] for v in views
        )
        waiting = not any(isinstance(one, Trouble) for one in answers.values())
        if ok or not waiting or time.monotonic() - began > JOINING_S:
            verdict(ok, expected, said(answers))
        time.sleep(0.5)


def order() -> str:
    """An order by the application itself; who took it. Raises ``Trouble``."""
    try:
        done = subprocess.run(
            ["commander", f"{TRY} vente"],
            check=False, capture_output=True, text=True, errors="replace", timeout=30,
        )  # fmt: skip
    except FileNotFoundError:
        raise Trouble("la commande `commander` n'existe plus") from None
    except subprocess.TimeoutExpired:
        raise Trouble("l'application n'a pas de réponse en 30 s") from None
    if done.returncode:
        words = (done.stderr.strip() or "échec sans un mot").splitlines()[-1]
        raise Trouble(f"l'application : {words}")
    return done.stdout.split()[-1] if done.stdout.split() else ""


def sale() -> None:
    """The application sells, and those that are left both know of it."""
    expected = "`commander` réussit, et la commande se lit sur db1 et sur db3"
    count = f"{FRESH}SELECT COUNT(*) FROM commandes WHERE article = '{TRY} vente'"
    try:
        try:
            server = order()
        except Trouble as trouble:
            verdict(False, expected, str(trouble))
        answers = together(["db1", "db3"], lambda node: ask(node, count)[0][0])
    finally:
        forget_tries()
    all_well(expected, answers)
    missing = [node for node, number in answers.items() if number == "0"]
    where = f"absente de {', '.join(missing)}" if missing else "lue sur db1 et sur db3"
    verdict(not missing, expected, f"prise par {server}, {where}")


def note() -> None:
    """Who was lost and who serves the application, as it can be seen from here."""
    expected = f"{NOTE} : perdu=… et sert=…, comme on les voit d'ici"
    if not NOTE.is_file():
        verdict(False, expected, f"{NOTE} n'existe pas")
    lines = [line.partition("=") for line in NOTE.read_text(errors="replace").split()]
    told = {key.strip().lower(): value.strip() for key, _, value in lines}
    try:
        real = order()
    except Trouble as trouble:
        verdict(False, expected, str(trouble))
    finally:
        forget_tries()
    words = ", ".join(f"{key} : {told.get(key) or 'absent'}" for key in ("perdu", "sert"))
    verdict(told.get("perdu") == "db2" and told.get("sert") == real, expected, words)


JUDGES = {
    "membres": members, "partage": shared, "moteur": engine, "visites": visits, "retour": back,
    "derniere": last, "majorite": majority, "vente": sale, "constat": note,
}  # fmt: skip
JUDGES[sys.argv[1]]()
