#!/bin/bash
# srv: the week after, as the nightly job kept it. It was attacked on Friday, and the job went on.
set -euo pipefail

PYTHONPATH=/var/lib/pcapra PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
import os
from pathlib import Path

from journees import DATA, Nights, live, note, ransom

FOLDER = Path("/sauvegarde/semaine")
DAYS = ("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi")
differential = int(os.environ["PCAPRA_DIFFERENTIELLE"])
nights, journal = Nights(DATA, FOLDER), []
for day, name in enumerate(DAYS):
    live(DATA, day)
    if name == "jeudi":
        note(name, DATA)
    if name == "vendredi":
        ransom(DATA)
    nights.archive(day, differential=day == differential)
    kind = f"incrémentale, depuis jour-{day - 1}"
    if day == 0:
        kind = "complète"
    elif day == differential:
        kind = "différentielle, depuis jour-0"
    journal.append(f"jour-{day}.tar  {name} soir  {kind}\n")
nights.close()
(FOLDER / "journal.txt").write_text("".join(journal))
PY
