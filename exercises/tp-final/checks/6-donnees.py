#!/usr/bin/env python3
"""Judge the data of web2, where they were altered.

Usage: 6-donnees.py identique | registre | integre
"""

import sys

from lab_alerts import metric, until
from lab_ledger import LEDGER, orders, sound
from lab_run import run
from lab_site import ROOT, digest, planted
from lab_tree import Item, differences, on_disk, shown
from lab_verdict import verdict

UNIT = "aide-site.service"
RUN_S = 120.0


def same() -> None:
    """The site's files are those of the setup: bytes, permissions, owners."""
    expected = "sur web2, les fichiers du site, à l'octet près, avec leurs droits"
    wanted = {
        name: Item(
            f"-{'rw-r-----' if file.mode == 0o640 else 'rw-r--r--'}",
            f"root:{file.group}",
            digest(file.content),
        )
        for name, file in planted().items()
    }
    problems = differences(on_disk(ROOT, ROOT), wanted)
    verdict(not problems, expected, shown(problems, 2) or f"{len(wanted)} fichiers identiques")


def register() -> None:
    """No line is damaged, yesterday's are all there."""
    expected = f"{LEDGER} : aucune ligne abîmée, et toutes les commandes d'hier"
    try:
        lines = LEDGER.read_bytes().splitlines(keepends=True)
    except OSError as error:
        verdict(False, expected, error.strerror or "illisible")
    bad = sum(not sound(line) for line in lines)
    lost = len(set(orders()) - set(lines))
    said = ", ".join(
        words
        for words in (
            f"{bad} ligne(s) abîmée(s)" * bool(bad),
            f"{lost} commande(s) d'hier perdue(s)" * bool(lost),
        )
        if words
    )
    verdict(not said, expected, said or f"{len(lines)} lignes saines")


def state() -> str:
    """What AIDE's service is doing."""
    return run("systemctl", "show", UNIT, "--property=ActiveState", "--value").stdout.strip()


def whole() -> None:
    """AIDE, run now, finds nothing."""
    expected = "AIDE, relancé sur web2, ne trouve plus d'écart"
    until(lambda: state() not in ("activating", "deactivating"), RUN_S)
    run("systemctl", "start", UNIT, timeout=RUN_S)
    found = metric("127.0.0.1", "aide_changes")
    verdict(
        found == 0, expected, "aucune mesure" if found is None else f"aide_changes vaut {found:g}"
    )


{"identique": same, "registre": register, "integre": whole}[sys.argv[1]]()
