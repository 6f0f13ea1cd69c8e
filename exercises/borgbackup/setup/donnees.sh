#!/bin/bash
# srv: the customer's site under /srv/www, and what a backup should leave out.
# The same tree is described in checks/arbre.py.
set -euo pipefail

python3 - <<'PY'
import os
import random
import shutil
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
site = Path("/srv/www") / client
# Random bytes: deduplication is the only thing that can shrink them. Seeded, so that the
# checks know them too.
catalogue = random.Random(client).randbytes(2 << 20)

files = {
    "index.html": (0o644, "root", "root", f"<h1>{client}</h1>\n".encode()),
    "contrat.txt": (0o640, "root", "www-data", os.environ["PCAPRA_CANARY"].encode()),
    "Procès-verbal d'été.txt": (0o644, "root", "root", f"Séance de {client}\n".encode()),
    "bin/publier.sh": (0o755, "root", "root", b"#!/bin/sh\nexit 0\n"),
    "prive/comptes.csv": (0o600, "www-data", "www-data", f"compte;{client}\n".encode()),
    "photos/catalogue.raw": (0o644, "root", "root", catalogue),
    "photos/catalogue-copie.raw": (0o644, "root", "root", catalogue),
    "import.tmp": (0o644, "root", "root", b"import interrompu\n"),
    "prive/brouillon.tmp": (0o600, "www-data", "www-data", b"brouillon\n"),
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

cache = Path("/home/stagiaire/.cache/vignettes")
cache.mkdir(parents=True, exist_ok=True)
for number in range(3):
    (cache / f"{number}.png").write_bytes(random.Random(number).randbytes(64 << 10))
for path in (cache.parent, cache, *cache.iterdir()):
    shutil.chown(path, "stagiaire", "stagiaire")
PY
