#!/bin/bash
# srv: Friday's archive, which holds what the ransomware left, is put aside; the job's list of
# what the folder held on Thursday is beside the others.
set -euo pipefail

mkdir -p /sauvegarde/quarantaine
if [ -e /sauvegarde/semaine/jour-5.tar ]; then
    mv /sauvegarde/semaine/jour-5.tar /sauvegarde/quarantaine/
fi
PYTHONPATH=/var/lib/pcapra PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
import json
from pathlib import Path

from journees import NOTES

items = json.loads((NOTES / "jeudi.json").read_text())
lines = [
    f"{content}  donnees/{path}\n"
    for path, (mode, _owner, content) in sorted(items.items())
    if mode.startswith("-")
]
Path("/sauvegarde/semaine/MANIFESTE").write_text("".join(lines))
PY
