#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/exporter-boutique <<'PY'
#!/usr/bin/env python3
"""Copie cohérente de la base des commandes, pendant qu'elle sert."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

BASE = "file:/var/lib/boutique/commandes.db?mode=ro"
EXPORT = Path("/var/backups/boutique/commandes.db")

os.umask(0o077)
EXPORT.parent.mkdir(parents=True, exist_ok=True)
brouillon = EXPORT.with_suffix(".nouveau")
brouillon.unlink(missing_ok=True)
with closing(sqlite3.connect(BASE, uri=True, timeout=60)) as base:
    with closing(sqlite3.connect(brouillon)) as copie:
        base.backup(copie)
        (etat,) = copie.execute("PRAGMA integrity_check").fetchone()
        if etat != "ok":
            raise SystemExit(f"copie abîmée : {etat}")
brouillon.replace(EXPORT)
PY
chmod 0700 /usr/local/sbin/exporter-boutique
