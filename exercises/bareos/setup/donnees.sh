#!/bin/bash
# srv: the customer's site under /srv/www, and what a backup should leave out.
# The same tree is described in checks/arbre.py and checks/catalogue.py.
set -euo pipefail

python3 - <<'PY'
import os
import random
import shutil
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
site = Path("/srv/www") / client
# Seeded random bytes, so that the checks know them too: they cannot be compressed, the log can.
photo = random.Random(client).randbytes(512 << 10)
log = "".join(f"2025-{n % 12 + 1:02} GET /{client}/{n % 97} 200\n" for n in range(30000))

files = {
    "index.html": (0o644, "root", "root", f"<h1>{client}</h1>\n".encode()),
    "contrat.txt": (0o640, "root", "www-data", os.environ["PCAPRA_CANARY"].encode()),
    "Procès-verbal d'été.txt": (0o644, "root", "root", f"Séance de {client}\n".encode()),
    "promotion.txt": (0o644, "root", "root", b"Jusqu'au 31 seulement\n"),
    "bin/publier.sh": (0o755, "root", "root", b"#!/bin/sh\nexit 0\n"),
    "prive/comptes.csv": (0o600, "www-data", "www-data", f"compte;{client}\n".encode()),
    "journaux/2025.log": (0o644, "root", "root", log.encode()),
    "photos/vitrine.raw": (0o644, "root", "root", photo),
    "import.tmp": (0o644, "root", "root", b"import interrompu\n"),
    "prive/brouillon.tmp": (0o600, "www-data", "www-data", b"brouillon\n"),
    "cache/vignette.png": (0o644, "www-data", "www-data", photo[:2000]),
}
shutil.rmtree(site, ignore_errors=True)
for name, (mode, user, group, content) in files.items():
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    shutil.chown(path, user, group)
    path.chmod(mode)
shutil.chown(site / "prive", "root", "www-data")
(site / "prive").chmod(0o750)
(site / "accueil.html").symlink_to("index.html")
PY
