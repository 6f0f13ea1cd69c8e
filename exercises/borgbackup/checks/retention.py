#!/usr/bin/env python3
"""Judge the retention: what is left of the history that setup/historique.sh planted.

Usage: retention.py serie | autres
"""

import sys
from pathlib import Path

from lab_borg_retention import dated, history, own_series
from lab_verdict import verdict

REPOSITORY = "/sauvegarde/depot"
NOTE = Path("/var/lib/pcapra/historique.json")
MISSING = "l'historique de l'étape n'a pas encore été posé"
RULES = (("%Y-%m-%d", 7), ("%G-%V", 4), ("%Y-%m", 6))
"""Period patterns and counts of --keep-daily=7 --keep-weekly=4 --keep-monthly=6."""


def own() -> None:
    """Of srv's planted archives, exactly those that the policy keeps are left."""
    expected = "de la série srv-* : 7 jours, 4 semaines, 6 mois, ni plus ni moins"
    own_series(history(NOTE, expected, MISSING), dated(REPOSITORY, expected), RULES, expected)


def others() -> None:
    """The archives of the other host are all there."""
    expected = "les archives compta-* d'un autre serveur sont toutes là"
    before = {name for name in history(NOTE, expected, MISSING) if name.startswith("compta-")}
    lost = sorted(before - dated(REPOSITORY, expected).keys())
    observed = f"disparues : {len(lost)}, dont {lost[0]}" if lost else f"{len(before)} présentes"
    verdict(not lost, expected, observed)


{"serie": own, "autres": others}[sys.argv[1]]()
