#!/usr/bin/env python3
"""Judge the cluster from one of its nodes.

Usage: grappe.py en-ligne | regles | tient | relance | voix | isolement | disque | suit | reprise

``tient``, ``relance``, ``isolement`` and ``suit`` act: a node is put in standby, nginx is killed,
this node is cut off from the network. All put back what they did.
"""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

ADDRESS = "192.168.1.101"
ME = socket.gethostname()
NODES = ("serveur1", "serveur2")
OTHER = {"serveur1": "serveur2", "serveur2": "serveur1"}[ME]
MOUNT = "/srv/site"
CONF = Path("/etc/corosync/corosync.conf")
CUT = """
table inet controle {
    chain entree {
        type filter hook input priority -10;
        iifname != "lo" ip saddr 192.168.1.0/24 drop
    }
    chain sortie {
        type filter hook output priority -10;
        oifname != "lo" ip daddr 192.168.1.0/24 drop
    }
}
"""
MOVE_S = 90.0
"""Stopping, then starting, under emulation; measured in containers: 10 s."""
MOVE_DISK_S = 180.0
"""The same with DRBD, whose agent is told of each action, before and after, on both nodes."""
STAY_S = 10.0
CUT_S = 90.0
"""To notice, to lose the quorum, to stop the resources."""


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit


def run(*argv: str, stdin: str = "") -> tuple[int, str]:
    """A command's exit status and output; 127 when it does not exist, 124 when it hangs."""
    try:
        done = subprocess.run(
            argv, check=False, input=stdin, capture_output=True, text=True, timeout=90
        )
    except FileNotFoundError:
        return 127, ""
    except subprocess.TimeoutExpired:
        return 124, ""
    return done.returncode, done.stdout


def until(condition: Callable[[], bool], limit: float) -> float | None:
    """Seconds until a condition holds; None when it does not in time."""
    began = time.monotonic()
    while True:
        if condition():
            return time.monotonic() - began
        if time.monotonic() - began > limit:
            return None
        time.sleep(0.5)


def status() -> ET.Element | None:
    """What Pacemaker says of itself; None when it does not run."""
    code, text = run("crm_mon", "-1", "-r", "--output-as=xml")
    return ET.fromstring(text) if code == 0 else None


def nodes(seen: ET.Element) -> dict[str, str]:
    """State of each node."""
    found = {}
    for node in seen.iterfind("./nodes/node"):
        words = [w for w in ("standby", "pending", "unclean") if node.get(w) == "true"]
        online = "en ligne" if node.get("online") == "true" else "hors ligne"
        found[node.get("name", "")] = ", ".join([online, *words])
    return found


def all_online() -> bool:
    """Both nodes, and nothing odd about either."""
    seen = status()
    return seen is not None and nodes(seen) == dict.fromkeys(NODES, "en ligne")


def where(seen: ET.Element | None, agent: str, role: str = "Started") -> str:
    """The one node where a resource of that agent runs; empty when there is none, or several."""
    if seen is None:
        return ""
    found = {
        node.get("name", "")
        for one in seen.iter("resource")
        if one.get("resource_agent", "").endswith(agent) and one.get("role") == role
        for node in one.iterfind("node")
    }
    return found.pop() if len(found) == 1 else ""


def configured(*agents: str) -> bool:
    """Whether there is anything to wait for: a resource of each of those agents."""
    seen = status()
    known = [] if seen is None else [r.get("resource_agent", "") for r in seen.iter("resource")]
    return all(any(name.endswith(agent) for name in known) for agent in agents)


def place() -> str:
    """The node that has both the address and nginx; empty when they are not together."""
    seen = status()
    vip = where(seen, ":IPaddr2")
    return vip if vip and vip == where(seen, ":nginx") else ""


def words() -> str:
    """Where everything is, for the trainee."""
    seen = status()
    if seen is None:
        return "Pacemaker ne tourne pas ici"
    parts = [f"{n} {s}" for n, s in sorted(nodes(seen).items())]
    parts += [
        f"{one.get('id')} : "
        + (", ".join(n.get("name", "") for n in one.iterfind("node")) or "arrêtée")
        for one in seen.iter("resource")
        if one.get("resource_agent", "").endswith((":IPaddr2", ":nginx", ":Filesystem"))
    ]
    return " ; ".join(parts)


def standby(node: str, on: bool) -> None:
    """Drain a node, or give it back."""
    run("crm_standby", "-N", node, *(("-v", "on") if on else ("-D",)))


def settle() -> None:
    """Wait until both nodes are there and everything runs together."""
    until(lambda: all_online() and bool(place()), MOVE_S)


def page() -> str:
    """What the service answers; empty when it does not."""
    connection = http.client.HTTPConnection(ADDRESS, 80, timeout=3)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return text if answer.status == 200 else ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def holding() -> bool:
    """Whether the address is on this machine: only then may a socket be bound to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        try:
            link.bind((ADDRESS, 0))
        except OSError:
            return False
    return True


def quorate() -> bool:
    """Whether this node may act."""
    return re.search(r"^Quorate:\s+Yes", run("corosync-quorumtool", "-s")[1], re.M) is not None


def online() -> None:
    """Two nodes, one cluster, named as asked."""
    expected = "moncluster : serveur1 et serveur2 en ligne, avec le quorum"
    name = ""
    if CONF.is_file():
        found = re.search(r"^\s*cluster_name:\s*(\S+)", CONF.read_text(errors="replace"), re.M)
        name = found[1] if found else ""
    if name != "moncluster":
        verdict(False, expected, f"grappe : {name or 'aucune'}")
    until(all_online, 60)
    seen = status()
    if seen is None:
        verdict(False, expected, "Pacemaker ne tourne pas ici")
    now = nodes(seen)
    ok = now == dict.fromkeys(NODES, "en ligne") and quorate()
    verdict(ok, expected, " ; ".join(f"{n} {s}" for n, s in sorted(now.items())))


def tied() -> None:
    """The address and nginx run together, and are told to: together, the address first."""
    expected = "VIP et WebServer sur la même machine, liées, VIP d'abord"
    if configured(":IPaddr2", ":nginx"):
        until(lambda: bool(place()), 60)
    if not place():
        verdict(False, expected, words())
    if run("systemctl", "is-enabled", "nginx")[1].strip() == "enabled":
        verdict(False, expected, f"sur {ME}, systemd lancerait aussi nginx")
    code, text = run("cibadmin", "-Q", "-o", "configuration")
    cib = ET.fromstring(text) if code == 0 else ET.Element("vide")
    parts: dict[str, str] = {}
    for one in cib.iter("primitive"):
        if one.get("type") in ("IPaddr2", "nginx"):
            parts[one.get("type", "")] = one.get("id", "")
    vip, web = parts.get("IPaddr2", ""), parts.get("nginx", "")
    for group in cib.iter("group"):
        inside = [one.get("id") for one in group.iterfind("primitive")]
        if vip in inside and web in inside:
            ok = inside.index(vip) < inside.index(web)
            verdict(ok, expected, "un groupe, " + ("dans l'ordre" if ok else "nginx d'abord"))
    near = any(
        {one.get("rsc"), one.get("with-rsc")} == {vip, web} and one.get("score") == "INFINITY"
        for one in cib.iter("rsc_colocation")
    )
    after = any(
        (one.get("first"), one.get("then")) == (vip, web)
        and one.get("kind", "Mandatory") == "Mandatory"
        for one in cib.iter("rsc_order")
    )
    said = [
        "colocalisées" if near else "rien ne les garde ensemble",
        "VIP d'abord" if after else "aucun ordre entre elles",
    ]
    verdict(near and after, expected, ", ".join(said))


def bring_here() -> bool:
    """Have the service on this node, as a person would."""
    until(lambda: bool(place()), 30)
    if place() == ME:
        return True
    standby(OTHER, True)
    until(lambda: place() == ME, MOVE_S)
    standby(OTHER, False)
    until(lambda: all_online() and bool(place()), MOVE_S)
    return place() == ME


def stays() -> None:
    """This node is drained, then given back: the service leaves, and does not return."""
    expected = f"{ME} vidé puis rendu : le service passe sur {OTHER}, et y reste"
    if not bring_here():
        verdict(False, expected, f"le service ne reste pas sur {ME} : {words()}")
    try:
        standby(ME, True)
        took = until(lambda: place() == OTHER, MOVE_S)
        seen = words()
    finally:
        standby(ME, False)
    until(all_online, MOVE_S)
    if took is None:
        verdict(False, expected, f"{ME} vidé : {seen}")
    back = until(lambda: place() != OTHER, STAY_S)
    if back is not None:
        settle()
        verdict(False, expected, f"{ME} rendu, le service est reparti : {words()}")
    verdict(True, expected, f"passé en {took:.0f} s, puis resté")


def mended() -> None:
    """nginx is killed here: the cluster notices and starts it again."""
    expected = f"nginx tué sur {ME} : relancé par la grappe, le service répond de nouveau"
    if not bring_here():
        verdict(False, expected, f"le service n'est pas sur {ME} : {words()}")
    run("pkill", "-9", "-x", "nginx")
    took = until(lambda: bool(page()), 60)
    if took is None:
        run("crm_resource", "--refresh")
        verdict(False, expected, f"plus rien ne répond sur {ADDRESS} après 60 s : {words()}")
    verdict(True, expected, f"répond de nouveau après {took:.0f} s")


def votes() -> None:
    """Three votes, the third from a machine that runs no service."""
    expected = "trois voix, dont celle d'un qdevice, deux pour le quorum"

    def counted() -> bool:
        """Three votes, or nothing that would bring a third one."""
        said = tool()
        return not said or bool(re.search(r"^Total votes:\s+3|2Node", said, re.M))

    until(counted, 30)
    text = tool()
    if not text:
        verdict(False, expected, "corosync ne tourne pas ici")
    got = {k: v.strip() for k, v in re.findall(r"^([A-Z][\w ]+):\s+(.*)$", text, re.M)}
    flags = got.get("Flags", "").split()
    seen = f"{got.get('Total votes', '?')} voix, quorum {got.get('Quorum', '?')}, {' '.join(flags)}"
    ok = got.get("Total votes") == "3" and got.get("Quorum") == "2" and "Qdevice" in flags
    verdict(ok and "2Node" not in flags, expected, seen)


def tool() -> str:
    """What corosync says of the votes."""
    return run("corosync-quorumtool", "-s")[1]


def isolated() -> None:
    """This node is cut off from all the others: it must give up, and come back afterwards."""
    expected = f"{ME} coupé de tous : sans quorum, il ne porte plus l'adresse"
    settle()
    if not all_online():
        verdict(False, expected, words())
    # Whoever never had it has nothing to give up.
    if not bring_here():
        verdict(False, expected, f"le service ne vient pas sur {ME} : {words()}")
    run("nft", "delete", "table", "inet", "controle")
    try:
        run("nft", "-f", "-", stdin=CUT)
        alone = until(lonely, CUT_S)
        gave_up = until(lambda: not quorate() and not holding(), 45)
        seen = [
            "garde le quorum" if quorate() else "sans quorum",
            f"{ADDRESS} {'portée' if holding() else 'non portée'} par {ME}",
        ]
    finally:
        run("nft", "delete", "table", "inet", "controle")
    until(all_online, MOVE_S)
    settle()
    if alone is None:
        verdict(False, expected, f"{ME} n'a pas vu partir {OTHER} en {CUT_S:.0f} s")
    verdict(gave_up is not None, expected, f"{ME} isolé : {', '.join(seen)}")


def lonely() -> bool:
    """Whether this node no longer sees the other one, and has done what it decided."""
    seen = status()
    return seen is not None and not nodes(seen).get(OTHER, "").startswith("en ligne")


def drbd() -> tuple[str, ...]:
    """Connection, roles and disks, as the kernel has them; empty when there is none."""
    try:
        text = Path("/proc/drbd").read_text()
    except OSError:
        return ()
    found = re.search(r"^ *0: cs:(\S+) ro:(\w+)/(\w+) ds:(\w+)/(\w+)", text, re.M)
    return found.groups() if found else ()


def disk_place() -> str:
    """The node where everything is: promoted, mounted, addressed, serving."""
    seen = status()
    found = {
        where(seen, ":drbd", "Promoted") or where(seen, ":drbd", "Master"),
        where(seen, ":Filesystem"),
        where(seen, ":IPaddr2"),
        where(seen, ":nginx"),
    }
    return found.pop() if len(found) == 1 else ""


def disk_words() -> str:
    """The same, for the trainee."""
    seen = status()
    promoted = where(seen, ":drbd", "Promoted") or where(seen, ":drbd", "Master") or "nulle part"
    state = drbd()
    said = f"{state[0]}, {state[3]}/{state[4]}" if state else "absent du noyau"
    return f"DRBD promu : {promoted} ({said}) ; {words()}"


def units() -> list[str]:
    """Units of DRBD that systemd would start behind the cluster's back."""
    names = ("drbd.service", "drbd@data.target")
    states = run("systemctl", "is-enabled", *names)[1].split()
    return [n for n, s in zip(names, states, strict=False) if s == "enabled"]


def disk() -> None:
    """The replicated disk, its mount, the address and nginx are on one node, by the cluster."""
    expected = "DRBD promu, monté, adresse et nginx sur la même machine ; les deux disques à jour"

    def good() -> bool:
        return bool(disk_place()) and drbd()[3:] == ("UpToDate", "UpToDate")

    if configured(":drbd", ":Filesystem"):
        until(good, 60)
    if extra := units():
        verdict(False, expected, f"{extra[0]} lance aussi la ressource, sans la grappe")
    verdict(good(), expected, disk_words())


def follows() -> None:
    """The node that serves is drained: the disk follows, with what is on it."""
    expected = "la machine qui sert est vidée : disque, adresse et nginx passent ensemble"
    token = os.environ["PCAPRA_DISQUE"]
    until(lambda: bool(disk_place()), 60)
    first = disk_place()
    if not first:
        verdict(False, expected, disk_words())
    second = next(n for n in NODES if n != first)
    try:
        standby(first, True)
        took = until(lambda: disk_place() == second and token in page(), MOVE_DISK_S)
        seen = disk_words()
    finally:
        standby(first, False)
    until(lambda: all_online() and drbd()[3:] == ("UpToDate", "UpToDate"), MOVE_S)
    if took is None:
        verdict(False, expected, f"{first} vidé : {seen}")
    if extra := units():
        verdict(False, expected, f"passés, mais sur {ME} {extra[0]} lancerait aussi le disque")
    verdict(True, expected, f"passés sur {second} en {took:.0f} s, avec la page")


def resumed() -> None:
    """After the power cut: this node serves, by the cluster, on the replicated disk."""
    expected = f"{ME} sert : DRBD promu, monté, adresse et nginx"
    until(lambda: disk_place() == ME, MOVE_DISK_S)
    verdict(disk_place() == ME, expected, disk_words())


JUDGES = {
    "en-ligne": online,
    "regles": tied,
    "tient": stays,
    "relance": mended,
    "voix": votes,
    "isolement": isolated,
    "disque": disk,
    "suit": follows,
    "reprise": resumed,
}
JUDGES[sys.argv[1]]()
