#!/usr/bin/env python3
"""Judge what the administrator made of the bucket, from the administrator's machine.

Usage: seau.py verrou | duree
"""

import sys
import xml.etree.ElementTree as ET

from lab_s3 import ADMIN, NUAGE, XMLNS, Client, judged
from lab_verdict import verdict

KEY = "controle/verrou"
admin = Client.of(NUAGE, ADMIN)


def locked() -> None:
    """A version that was written over stays, even for the key that may do anything."""
    expected = (
        "un objet réécrit garde sa première version, que même l'administrateur ne détruit pas"
    )
    first = admin.ask("PUT", KEY, b"premier")
    second = admin.ask("PUT", KEY, b"second")
    version = first.headers.get("x-amz-version-id", "")
    if first.status != 200 or second.status != 200:
        verdict(False, expected, f"l'hébergeur refuse d'écrire : {first.code or second.code}")
    if not version:
        verdict(
            False, expected, "la seconde écriture a remplacé la première",
            "`seau PUT versioning= versions.xml` : sans versions, rien n'est gardé.",
        )  # fmt: skip
    bypass = {"x-amz-bypass-governance-retention": "true"}
    gone = admin.ask("DELETE", KEY, headers=bypass, versionId=version)
    if gone.status == 204:
        rule = admin.ask("GET", object_lock="").body
        why = "mode GOVERNANCE" if b"GOVERNANCE" in rule else "aucune rétention"
        verdict(False, expected, f"l'administrateur l'a détruite : {why}")
    still = admin.ask("GET", KEY, versionId=version)
    verdict(
        still.body == b"premier", expected, f"destruction refusée ({gone.status}), version relue"
    )


def lasting() -> None:
    """For as long as was asked."""
    expected = "la rétention par défaut est de 30 jours"
    answer = admin.ask("GET", object_lock="")
    if answer.status != 200:
        verdict(False, expected, f"aucune : {answer.code}")
    days = ET.fromstring(answer.body).findtext(f".//{XMLNS}Days")
    verdict(days == "30", expected, f"{days} jour(s)" if days else "verrou permis, sans règle")


judged({"verrou": locked, "duree": lasting}[sys.argv[1]])
