#!/usr/bin/env python3
"""Judge the retention: what is left of the history that setup/historique.sh planted."""

from pathlib import Path

from lab_borg_retention import dated, history, own_series

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
NOTE = Path("/var/lib/pcapra/historique.json")
RULES = (("%Y-%m-%d", 3), ("%G-%V", 2), ("%Y-%m", 2))
"""Period patterns and counts of --keep-daily=3 --keep-weekly=2 --keep-monthly=2."""
EXPECTED = "de la série srv-* : 3 jours, 2 semaines, 2 mois, ni plus ni moins"

planted = history(NOTE, EXPECTED, "l'historique de l'étape n'a pas encore été posé")
own_series(planted, dated(REPOSITORY, EXPECTED), RULES, EXPECTED)
