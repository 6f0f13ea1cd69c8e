#!/usr/bin/env python3
"""Judge the note on the incident, against what is seen from the client."""

import http.client
import json
from pathlib import Path
from typing import NoReturn

NOTE = Path("/srv/suivi/constat")
EXPECTED = f"{NOTE} : perdu=…, tenant=… et voix=…, comme on les voit"
OTHER = {"serveur1": "serveur2", "serveur2": "serveur1"}


def verdict(ok: bool, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": EXPECTED, "observed": observed, "hint": hint}))
    raise SystemExit


def server() -> str:
    """The node that answers at the address; empty when nobody does."""
    connection = http.client.HTTPConnection("192.168.1.101", 80, timeout=5)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        return answer.headers.get("X-Noeud", "") if answer.status == 200 else ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


if not NOTE.is_file():
    verdict(False, f"{NOTE} n'existe pas")
pairs = [line.partition("=") for line in NOTE.read_text(errors="replace").split()]
said = {key.strip().lower(): value.strip() for key, _, value in pairs}
words = ", ".join(f"{key} : {said.get(key) or 'absent'}" for key in ("perdu", "tenant", "voix"))
real = server()
if not real:
    verdict(False, f"{words} ; personne ne répond : on ne voit pas qui sert")
ok = said.get("tenant") == real and said.get("perdu") == OTHER.get(real)
if ok and said.get("voix") != "2":
    verdict(False, words, "Combien de voix pendant la panne ? `corosync-quorumtool -s`.")
verdict(ok, words)
