#!/usr/bin/env python3
"""Judge, on sup, what the trainee wrote of an incident: /srv/suivi/<scenario>.

Usage: 6-constat.py repartiteur | web | donnees
"""

import re
import sys
from pathlib import Path

from lab_alerts import MACHINES, firing
from lab_verdict import verdict

SCENARIO = sys.argv[1]
NOTE = Path("/srv/suivi") / SCENARIO
BEFORE = Path("/var/lib/pcapra") / f"tp-{SCENARIO}"
WANTED = {
    "repartiteur": {"perdu": "lb1", "tenant": "lb2"},
    "web": {"perdu": "web1"},
    "donnees": {"serveur": "web2"},
}[SCENARIO]
ALTERED = {"catalogue.csv", "vitrine.raw"}
KEYS = [*WANTED, "fichiers" if SCENARIO == "donnees" else "alerte"]

expected = f"{NOTE} : " + ", ".join(f"{key}=…" for key in KEYS) + ", comme cela s'est passé"
try:
    text = NOTE.read_text(errors="replace")
except OSError:
    verdict(False, expected, f"{NOTE} n'est pas là")
said = {
    key.strip(): value.strip()
    for key, _, value in (line.partition("=") for line in text.splitlines())
}
for key in KEYS:
    if not said.get(key):
        verdict(False, expected, f"la ligne {key}=… manque ou est vide")
for key, value in WANTED.items():
    if said[key] != value:
        verdict(False, expected, f"{key}={said[key]} : ce n'est pas ce qui s'est passé")
if SCENARIO == "donnees":
    names = {Path(name).name for name in re.split(r"[\s,;]+", said["fichiers"]) if name}
    names.discard("commandes.txt")
    if names != ALTERED:
        more, less = len(names - ALTERED), len(ALTERED - names)
        verdict(False, expected, f"fichiers : {less} oublié(s), {more} de trop")
    verdict(True, expected, "le serveur et les fichiers sont les bons")
lost = WANTED["perdu"]
since = int(BEFORE.read_text() or 0) if BEFORE.exists() else 0
words = [lost, MACHINES[lost]]
if SCENARIO == "repartiteur":
    # The address is seen on the machine that took it.
    words += ["lb2", MACHINES["lb2"], "192.168.1.100"]
lines = firing(since, said["alerte"], words)
verdict(
    bool(lines),
    expected,
    f"{said['alerte']} a été reçue"
    if lines
    else f"aucune alerte {said['alerte'][:40]} sur {lost} reçue depuis",
    "" if lines else "`sudo tail /var/log/alertes.jsonl`, ou `amtool alert`.",
)
