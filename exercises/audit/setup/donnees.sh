#!/bin/bash
# srv: what production holds.
set -euo pipefail

python3 - <<'PY'
import os
import random
import shutil
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
folder = Path("/srv/donnees") / client
shutil.rmtree(folder, ignore_errors=True)
files = {
    "contrat.txt": os.environ["PCAPRA_CANARY"].encode(),
    "comptes/2026.csv": f"mois;montant\n01;{client}\n".encode(),
    "comptes/relevé d'été.txt": "Solde à l'équilibre\n".encode(),
    "base/export.sql": random.Random(client).randbytes(300 << 10),
}
for name, content in files.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o640)
    shutil.chown(path, "root", "www-data")
PY
