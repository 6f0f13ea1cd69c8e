#!/usr/bin/env python3
"""Judge a node from the inside.

Usage: noeud.py tolere | seul | local

``tolere`` stops etcd here, and starts it again.
"""

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Any, NoReturn

OTHERS = ["192.168.1.31", "192.168.1.32"]
LIMIT_S = 20.0
"""Three elections of etcd as the lesson sets them, and some more."""


def verdict(ok: bool, expected: str, observed: str) -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed}))
    raise SystemExit


def ask(ip: str, what: str, body: dict[str, str]) -> dict[str, Any] | None:
    """What etcd answers; None when it does not, or refuses."""
    url = f"http://{ip}:2379/v3/kv/{what}"
    try:
        with urllib.request.urlopen(url, json.dumps(body).encode(), timeout=6) as answer:
            said = json.loads(answer.read())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def systemctl(*words: str) -> bool:
    """Whether it could be done."""
    done = subprocess.run(["systemctl", *words], capture_output=True, timeout=90, check=False)
    return done.returncode == 0


def tolerates() -> None:
    """Two of three decide: what one writes, the other reads, while this one is stopped."""
    expected = "etcd arrêté sur pg3 : pg1 et pg2 écrivent et lisent encore"
    key = b64encode(b"/pcapra/" + secrets.token_hex(6).encode()).decode()
    value = b64encode(secrets.token_hex(6).encode()).decode()
    written, read = False, False
    try:
        systemctl("stop", "etcd")
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline and not read:
            written = ask(OTHERS[0], "put", {"key": key, "value": value}) is not None
            said = ask(OTHERS[1], "range", {"key": key}) if written else None
            read = said is not None and [kv.get("value") for kv in said.get("kvs", [])] == [value]
            if not read:
                time.sleep(0.5)
    finally:
        started = systemctl("start", "etcd")
    ask(OTHERS[0], "deleterange", {"key": key})
    if not started:
        verdict(False, expected, "etcd ne redémarre pas sur pg3")
    if not written:
        verdict(False, expected, "plus personne n'écrit : pas de majorité")
    verdict(read, expected, "écrit sur pg1, lu sur pg2" if read else "écrit sur pg1, absent de pg2")


def alone() -> None:
    """At the next boot, nobody but Patroni starts a PostgreSQL."""
    expected = "au démarrage : etcd et Patroni, et aucun PostgreSQL de Debian"
    for unit in ("etcd", "patroni"):
        if not systemctl("is-enabled", "--quiet", unit):
            verdict(False, expected, f"{unit} ne démarrera pas")
    clusters = []
    for path in sorted(Path("/etc/postgresql").glob("*/*/postgresql.conf")):
        start = path.with_name("start.conf")
        words = start.read_text(errors="replace").split("\n") if start.is_file() else ["auto"]
        if [w.strip() for w in words if w.strip() and not w.startswith("#")] == ["auto"]:
            clusters.append("/".join(path.parent.parts[-2:]))
    if clusters and systemctl("is-enabled", "--quiet", "postgresql"):
        verdict(False, expected, f"Debian lancera aussi {', '.join(clusters)}")
    verdict(True, expected, "Patroni seul")


def closed() -> None:
    """An ordinary account of the machine is not the database's superuser."""
    expected = f"sur {socket.gethostname()}, un compte ordinaire n'est pas superutilisateur"
    argv = ["runuser", "-u", "nobody", "--", "psql", "-XAtw", "-U", "postgres", "-d", "postgres"]
    for host in ("/var/run/postgresql", "127.0.0.1"):
        ended = subprocess.run(
            [*argv, "-h", host, "-c", "SELECT 1"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if ended.returncode == 0:
            where = "par la socket" if host.startswith("/") else f"par {host}"
            verdict(False, expected, f"admis sans mot de passe {where} (trust)")
        # Anything but a refusal says nothing: a server that is down lets nobody in either.
        refusals = ("authentication failed", "no pg_hba", "password")
        if not any(words in ended.stderr for words in refusals):
            last = ended.stderr.strip().splitlines()
            verdict(False, expected, last[-1][:160] if last else "aucune réponse")
    verdict(True, expected, "refusé")


{"tolere": tolerates, "seul": alone, "local": closed}[sys.argv[1]]()
