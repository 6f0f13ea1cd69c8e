#!/usr/bin/env python3
"""Judge the machines all together, from sauvegarde, with stagiaire's own key.

Usage: 1-parc.py cles | heure | demarrage MACHINE:UNIT,UNIT…
"""

import sys
from collections.abc import Mapping

from lab_fleet import ask, trouble
from lab_run import last_line
from lab_verdict import verdict

MACHINES = ("lb1", "lb2", "web1", "web2", "sup")
SERVER = "192.168.1.31"
SYNC_S = 45
FAR_S = 0.5
LOCAL = "7F7F0101"
"""chronyc's name for the machine's own clock (127.127.1.1)."""


def answers(commands: Mapping[str, str], expected: str) -> dict[str, str]:
    """What each machine prints, whatever its command's exit status."""
    found = {}
    for machine, done in ask(commands, timeout=100).items():
        if said := trouble(done):
            verdict(False, expected, f"{machine} : {said}")
        found[machine] = done.stdout
    return found


def keys() -> None:
    """The key opens the five machines, each is who it should be, the first password is dead."""
    expected = (
        "par la clé de stagiaire, sans question, cinq machines ; leur mot de passe verrouillé"
    )
    command = "hostname; sudo -n passwd --status stagiaire"
    for machine, text in answers(dict.fromkeys(MACHINES, command), expected).items():
        name, _, status = text.strip().partition("\n")
        if name != machine:
            verdict(False, expected, f"{machine} répond sous le nom de {name or '(rien)'}")
        if status.split()[1:2] != ["L"]:
            verdict(
                False,
                expected,
                f"{machine} : le mot de passe d'installation ouvre encore",
                "Une fois la clé en place : `sudo passwd -l stagiaire`, sur chacune des cinq.",
            )
    verdict(True, expected, "les cinq s'ouvrent par la clé, et par elle seule")


def clocks() -> None:
    """Each follows the clock of the backup machine, now and after a boot."""
    expected = f"chrony, sur les cinq machines, suit {SERVER}, et repart au démarrage"
    command = (
        f"sudo -n chronyc -n waitsync {SYNC_S} {FAR_S} 0 1 > /dev/null 2>&1;"
        " systemctl is-enabled chrony 2> /dev/null;"
        " sudo -n chronyc -c -n tracking"
    )
    for machine, text in answers(dict.fromkeys(MACHINES, command), expected).items():
        enabled, _, rest = text.strip().partition("\n")
        if enabled not in ("enabled", "disabled"):
            verdict(False, expected, f"{machine} : chrony n'est pas installé")
        fields = last_line(rest, "").split(",")
        if len(fields) < 14:
            verdict(False, expected, f"{machine} : chronyd ne tourne pas")
        source, leap = fields[1], fields[13]
        if leap == "Not synchronised" or source != SERVER:
            whom = "sa propre horloge" if fields[0] == LOCAL else source or "personne"
            verdict(False, expected, f"{machine} : suit {whom}")
        if abs(float(fields[4])) > FAR_S:
            verdict(False, expected, f"{machine} : encore à {abs(float(fields[4])):.1f} s")
        if enabled != "enabled":
            verdict(False, expected, f"{machine} : chrony ne repartira pas au démarrage")
    verdict(True, expected, "les cinq la suivent")


def boots(*wanted: str) -> None:
    """Units that the next boot starts, and that run."""
    units = {
        machine: names.split(",") for machine, _, names in (one.partition(":") for one in wanted)
    }
    expected = " ; ".join(f"{machine} : {', '.join(names)}" for machine, names in units.items())
    expected += " : lancés, et au prochain démarrage aussi"
    ask_for = "systemctl show --property=Id,UnitFileState,ActiveState "
    commands = {machine: ask_for + " ".join(names) for machine, names in units.items()}
    for machine, text in answers(commands, expected).items():
        for name, block in zip(units[machine], text.strip().split("\n\n"), strict=False):
            state = dict(line.partition("=")[::2] for line in block.splitlines())
            said = (state.get("UnitFileState") or "absent", state.get("ActiveState", "?"))
            if said != ("enabled", "active"):
                verdict(False, expected, f"{machine}, {name} : {', '.join(said)}")
    verdict(True, expected, "tous lancés, tous au démarrage")


JUDGES = {"cles": keys, "heure": clocks, "demarrage": boots}
JUDGES[sys.argv[1]](*sys.argv[2:])
