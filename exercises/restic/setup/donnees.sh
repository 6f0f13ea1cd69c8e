#!/bin/bash
# srv: the customer's site and its live database under /srv, and what a backup should leave out.
# The same tree is described in checks/arbre.py.
set -euo pipefail

python3 - <<'PY'
import os
import random
import shutil
import sqlite3
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
site = Path("/srv") / client
# Random bytes: neither compression nor deduplication can shrink them. Seeded, so that the checks
# know them too.
catalogue = random.Random(client).randbytes(1 << 20)
# The line that --exclude-caches looks for: bford.info/cachedir.
tag = b"Signature: 8a477f597d28d172789f06886806bc55\n"

files = {
    "index.html": (0o644, "root", "root", f"<h1>{client}</h1>\n".encode()),
    "contrat.txt": (0o640, "root", "www-data", os.environ["PCAPRA_CANARY"].encode()),
    "Procès-verbal d'été.txt": (0o644, "root", "root", f"Séance de {client}\n".encode()),
    "bin/publier.sh": (0o755, "root", "root", b"#!/bin/sh\nexit 0\n"),
    "prive/comptes.csv": (0o600, "www-data", "www-data", f"compte;{client}\n".encode()),
    "photos/catalogue.raw": (0o644, "root", "root", catalogue),
    "import.tmp": (0o644, "root", "root", b"import interrompu\n"),
    "vignettes/CACHEDIR.TAG": (0o644, "root", "root", tag),
    "vignettes/1.png": (0o644, "root", "root", random.Random(1).randbytes(64 << 10)),
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

# A cache without the tag: --exclude-caches does not see it.
cache = Path("/home/stagiaire/.cache/miniatures")
cache.mkdir(parents=True, exist_ok=True)
(cache / "1.png").write_bytes(random.Random(2).randbytes(64 << 10))
for path in (cache.parent, cache, cache / "1.png"):
    shutil.chown(path, "stagiaire", "stagiaire")

# A live database: its last rows are in the write-ahead log, not in stock.db. Leaving without
# closing it, as an application that goes on would, keeps them there.
base = sqlite3.connect(site / "stock.db", isolation_level=None)
base.execute("PRAGMA journal_mode=WAL")
base.execute("PRAGMA wal_autocheckpoint=0")
base.execute("CREATE TABLE articles (numero INTEGER PRIMARY KEY, nom TEXT)")
base.executemany("INSERT INTO articles VALUES (?, ?)", [(n, f"{client} {n}") for n in range(1, 41)])
base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
base.executemany("INSERT INTO articles VALUES (?, ?)", [(n, f"{client} {n}") for n in range(41, 61)])
for path in site.glob("stock.db*"):
    shutil.chown(path, "www-data", "www-data")
    path.chmod(0o640)
os._exit(0)
PY
