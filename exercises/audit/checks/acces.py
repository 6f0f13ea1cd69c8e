#!/usr/bin/env python3
"""Judge, on srv, what the client's credentials open, and what they do not.

Usage: acces.py bornee | ecriture
"""

import os
import sys

from lab_borg_access import bounded, written

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
OTHER = "/srv/borg/compta"
REFUSED = {"Permission denied": "le compte borg n'a pas le droit d'écrire dans son dépôt"}

os.umask(0o077)
if sys.argv[1] == "bornee":
    bounded(OTHER)
written(REPOSITORY, "la clé de srv écrit dans le dépôt", REFUSED, lock_wait=20)
