#!/usr/bin/env python3
"""Judge DRBD from one node, by what the kernel says of both.

Usage: drbd.py lien | noeud | a-jour | maitre | protocole | mesures DELAY | reuni | seul
"""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

ME = socket.gethostname()
OTHER = {"serveur1": "serveur2", "serveur2": "serveur1"}[ME]
NOTE = Path("/srv/suivi/protocoles")
MOUNT = "/srv/site"
UNITS = ("drbd.service", "drbd@data.target", "drbd@data.service")
LINE = re.compile(
    r"^ *0: cs:(?P<cs>\S+)"
    r"(?: ro:(?P<mine>\w+)/(?P<peer>\w+) ds:(?P<disk>\w+)/(?P<far>\w+) (?P<proto>.))?",
    re.M,
)
MOVING = {"WFReportParams", "WFBitMapS", "WFBitMapT", "WFSyncUUID", "SyncSource", "SyncTarget"}
JOINING = {"Unconnected", "WFConnection", "Timeout", "BrokenPipe", "NetworkFailure", "TearDown"}
LINK_S = 25.0
"""DRBD tries to connect every ten seconds."""
SYNC_S = 60.0


class State(NamedTuple):
    """One line of /proc/drbd; empty strings where there is nothing."""

    cs: str
    mine: str = ""
    peer: str = ""
    disk: str = ""
    far: str = ""
    proto: str = ""

    def words(self) -> str:
        """As the trainee reads it."""
        if not self.mine:
            return self.cs or "la ressource data n'est pas démarrée"
        return f"{self.cs}, {self.mine}/{self.peer}, {self.disk}/{self.far}"


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def state() -> State:
    """What the kernel knows of the first device."""
    try:
        found = LINE.search(Path("/proc/drbd").read_text())
    except OSError:
        return State("le module drbd n'est pas chargé")
    return State(**{k: v or "" for k, v in found.groupdict().items()}) if found else State("")


def settled(wanted: Callable[[State], bool]) -> State:
    """The state, once it is the wanted one, or one that will not change by itself."""
    began = time.monotonic()
    while True:
        now, took = state(), time.monotonic() - began
        limit = SYNC_S if now.cs in MOVING else LINK_S if now.cs in JOINING else 0.0
        if wanted(now) or took >= limit:
            return now
        time.sleep(0.3)


def output(*argv: str) -> str:
    """What a command says; empty when it does not exist."""
    try:
        return subprocess.run(argv, check=False, capture_output=True, text=True, timeout=30).stdout
    except FileNotFoundError:
        return ""


def mounted() -> str:
    """The replicated disk's mount options under the site's folder; empty when it is not there."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        source, where, _, options, *_ = line.split()
        if (source, where) == ("/dev/drbd0", MOUNT):
            return options
    return ""


def protocol() -> str:
    """The protocol that the configuration asks for."""
    found = re.search(r"^\s*protocol\s+([ABC])\s*;", output("drbdadm", "dump", "data"), re.M)
    return found[1] if found else "C"


def linked() -> None:
    """Both nodes see each other, and writes are to wait for both disks."""
    expected = "les deux nœuds reliés, protocole C"
    now = settled(lambda s: s.cs == "Connected")
    ok = now.cs == "Connected" or now.cs in MOVING
    said = now.words() + (f", protocole {now.proto}" if now.proto.strip() else "")
    verdict(ok and now.proto == "C", expected, said)


def node() -> None:
    """The whole disk is under DRBD, and the resource comes back at the next boot."""
    expected = "/dev/vdb sous /dev/drbd0, métadonnées internes, ressource lancée au démarrage"
    shown = output("drbdsetup", "show", "data")
    disk = re.search(r'^\s*disk\s+"([^"]+)"', shown, re.M)
    if disk is None:
        verdict(False, expected, "la ressource data n'a pas de disque ici")
    if Path(disk[1]).resolve() != Path("/dev/vdb"):
        verdict(False, expected, f"{disk[1]} est sous /dev/drbd0", "Le disque à répliquer est vdb.")
    if not re.search(r"^\s*meta-disk\s+internal", shown, re.M):
        verdict(False, expected, "les métadonnées ne sont pas internes")
    states = output("systemctl", "is-enabled", *UNITS).split()
    verdict(
        "enabled" in states,
        expected,
        "vdb, et au démarrage : " + ("oui" if "enabled" in states else "rien ne lance data"),
        "`systemctl enable drbd@data.target`, sur les deux nœuds.",
    )


def current() -> None:
    """This node writes, and both disks hold the same."""
    expected = f"{ME} Primary, {OTHER} Secondary, les deux disques UpToDate"

    def good(s: State) -> bool:
        return s[:5] == ("Connected", "Primary", "Secondary", "UpToDate", "UpToDate")

    now = settled(good)
    verdict(good(now), expected, now.words())


def master() -> None:
    """This node alone writes, on the replicated disk, with the other one up to date."""
    expected = f"{ME} seul Primary, les deux à jour, /dev/drbd0 monté sur {MOUNT} en écriture"

    def good(s: State) -> bool:
        return s[:5] == ("Connected", "Primary", "Secondary", "UpToDate", "UpToDate")

    now, options = settled(good), mounted()
    on = "monté" if "rw" in options.split(",") else "en lecture seule" if options else "non monté"
    verdict(good(now) and on == "monté", expected, f"{now.words()}, {on}")


def alone() -> None:
    """This node writes on the replicated disk, whatever the other one is."""
    expected = f"{ME} Primary, son disque UpToDate, monté sur {MOUNT} en écriture"
    now, options = state(), mounted()
    on = "monté" if "rw" in options.split(",") else "en lecture seule" if options else "non monté"
    ok = (now.mine, now.disk, on) == ("Primary", "UpToDate", "monté")
    verdict(ok, expected, f"{now.words()}, {on}")


def synchronous() -> None:
    """Protocol C, in the kernel and in the file."""
    now = state()
    verdict(
        now.cs == "Connected" and now.proto == "C" and protocol() == "C",
        "protocole C, dans le noyau et dans le fichier",
        f"noyau : {now.proto.strip() or 'aucun'}, fichier : {protocol()}, {now.cs}",
    )


def measures() -> None:
    """What was noted agrees with a link that delays each packet."""
    delay = float(sys.argv[2])
    expected = f"A=, B=, C= en ms par écriture, mesurés avec {delay:.0f} ms de retard"
    if not NOTE.is_file():
        verdict(False, expected, f"{NOTE} n'existe pas")
    found = re.findall(
        r"^\s*([ABC])\s*[=:]\s*([0-9]+(?:[.,][0-9]+)?)", NOTE.read_text("utf-8", "replace"), re.M
    )
    noted = {name: float(value.replace(",", ".")) for name, value in found}
    words = ", ".join(f"{name} = {noted[name]:g}" for name in sorted(noted)) or "aucune valeur"
    if len(noted) < 3:
        verdict(False, expected, words)
    if not 0 < noted["A"] < 0.6 * delay:
        verdict(False, expected, words, "A répond avant le réseau : il ne paie pas le retard.")
    if not all(0.8 * delay <= noted[name] <= 8 * delay for name in "BC"):
        verdict(False, expected, words, "B et C attendent l'autre nœud : au moins un trajet.")
    verdict(True, expected, words)


def together() -> None:
    """Nothing differs any more; the other node still is the one that writes."""
    expected = f"reliés, {ME} Secondary et {OTHER} Primary, les deux UpToDate"

    def good(s: State) -> bool:
        return s[:5] == ("Connected", "Secondary", "Primary", "UpToDate", "UpToDate")

    now = settled(good)
    verdict(good(now), expected, now.words())


JUDGES = {
    "lien": linked,
    "noeud": node,
    "a-jour": current,
    "maitre": master,
    "protocole": synchronous,
    "mesures": measures,
    "reuni": together,
    "seul": alone,
}
JUDGES[sys.argv[1]]()
