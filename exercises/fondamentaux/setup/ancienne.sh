#!/bin/bash
# srv: an older week of incremental archives, one of which is lost.
set -euo pipefail

PYTHONPATH=/var/lib/pcapra PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
import os
import tempfile
from pathlib import Path

from journees import Nights, live, note

FOLDER = Path("/sauvegarde/ancienne")
lost = int(os.environ["PCAPRA_MANQUE"])
with tempfile.TemporaryDirectory() as work:
    root = Path(work) / "donnees"
    nights = Nights(root, FOLDER)
    for day in range(5):
        live(root, day, label=", semaine passée")
        nights.archive(day)
        if day == lost - 1:
            note("ancienne", root)
    nights.close()
(FOLDER / f"jour-{lost}.tar").unlink()
PY
