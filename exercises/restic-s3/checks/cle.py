#!/usr/bin/env python3
"""Judge what srv's key may do at the host, by asking with it.

Usage: cle.py depose | efface | ailleurs

What is asked to be deleted does not exist: if it is granted, nothing is lost.
"""

import sys

from lab_s3 import NUAGE, SRV, Client, judged
from lab_verdict import verdict

NOBODY = "0" * 64
PROBE = "srv/controle"
client = Client.of(NUAGE, SRV)


def deposits() -> None:
    """All that a backup needs."""
    expected = "la clé de srv dépose, relit, liste, et retire les verrous de Restic"
    wanted = {
        "déposer": client.ask("PUT", PROBE, b"depot"),
        "relire": client.ask("GET", PROBE),
        "lister": client.ask("GET", list_type="2", prefix="srv/"),
        "retirer un verrou": client.ask("DELETE", f"srv/locks/{NOBODY}"),
    }
    lost = [name for name, answer in wanted.items() if answer.status >= 300]
    verdict(not lost, expected, f"refusé : {', '.join(lost)}" if lost else "tout est permis")


def deletes() -> None:
    """Nothing of what a backup is made of, nor the bucket's rules."""
    expected = (
        "la clé de srv n'efface ni paquet, ni index, ni instantané, et ne change aucune règle"
    )
    names = (
        f"srv/snapshots/{NOBODY}", f"srv/data/00/{NOBODY}", f"srv/index/{NOBODY}",
        f"srv/keys/{NOBODY}", PROBE,
    )  # fmt: skip
    may = [name.split("/")[1] for name in names if client.ask("DELETE", name).status != 403]
    if client.ask("DELETE", PROBE, versionId="null").status != 403:
        may.append("une version")
    if may:
        verdict(False, expected, f"elle efface : {', '.join(may)}")
    # Bodies that no rule can be made of: allowed, they would be malformed.
    rules = ("policy", "versioning", "object_lock")
    may = [name for name in rules if client.ask("PUT", body=b"?", **{name: ""}).status != 403]
    verdict(not may, expected, f"elle change : {', '.join(may)}" if may else "refusé, partout")


def elsewhere() -> None:
    """The other server of the same bucket."""
    expected = "la clé de srv n'atteint pas les sauvegardes de recette, dans le même seau"
    read = client.ask("GET", "recette/config").status
    written = client.ask("PUT", "recette/controle", b"?").status
    may = [word for word, status in (("lit", read), ("écrit", written)) if status != 403]
    verdict(not may, expected, f"elle y {' et y '.join(may)}" if may else "refusé (403)")


judged({"depose": deposits, "efface": deletes, "ailleurs": elsewhere}[sys.argv[1]])
