#!/usr/bin/env python3
"""Judge the site as the client sees it, on each web server.

Usage: 1-client.py site
"""

import os
import sys

from lab_site import WEBS, digest, get, planted
from lab_verdict import verdict

MARK = os.environ["PCAPRA_REPERE"]
HIDDEN = "prive/"


def site() -> None:
    """Each serves the trainee's page and the seeded files, and says which one it is."""
    expected = "web1 et web2 servent votre page, en se nommant, et les fichiers du site"
    for name, address in WEBS.items():
        page = get(address)
        if page.status != 200:
            verdict(False, expected, f"{name} : {page.status or page.said}")
        if MARK not in page.said:
            verdict(
                False,
                expected,
                f"{name} : la page ne contient pas votre repère",
                "Une autre page répond : `sites-enabled/default` est-il encore là ?",
            )
        if page.servers != {name}:
            seen = " et ".join(sorted(page.servers)) or "personne"
            verdict(False, expected, f"la page de {name} nomme {seen}")
        for path, file in planted().items():
            if path.startswith(HIDDEN):
                continue
            answer = get(address, f"/{path}")
            if answer.status != 200 or digest(answer.body) != digest(file.content):
                seen = answer.status or answer.said
                verdict(
                    False, expected, f"{name}, /{path} : {seen if seen != 200 else 'autre contenu'}"
                )
    verdict(True, expected, "les deux servent votre page et tous les fichiers")


{"site": site}[sys.argv[1]]()
