#!/bin/bash
# srv: the till. A service that writes its SQLite base without rest: two rows per sale, which only
# make sense together.
set -euo pipefail

install -d -m 0755 /usr/local/lib/caisse
cat > /usr/local/lib/caisse/caisse.py <<'PY'
#!/usr/bin/python3
"""La caisse : chaque vente débite un compte et en crédite un autre, dans une transaction."""

import sqlite3
import time

base = sqlite3.connect("/var/lib/caisse/caisse.db", timeout=30, isolation_level=None)
base.execute("PRAGMA journal_mode=WAL")
# Les écritures restent dans caisse.db-wal tant que la caisse tourne.
base.execute("PRAGMA wal_autocheckpoint=0")
base.execute(
    "CREATE TABLE IF NOT EXISTS mouvements"
    " (id INTEGER PRIMARY KEY, vente TEXT, compte TEXT, centimes INTEGER)"
)
while True:
    vente, montant = f"vente-{time.time_ns()}", time.time_ns() // 1000 % 9000 + 100
    base.execute("BEGIN IMMEDIATE")
    base.executemany(
        "INSERT INTO mouvements (vente, compte, centimes) VALUES (?, ?, ?)",
        [(vente, "client", -montant), (vente, "magasin", montant)],
    )
    base.execute("COMMIT")
    time.sleep(0.5)
PY
cat > /etc/systemd/system/caisse.service <<'CONF'
[Unit]
Description=Caisse du magasin

[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/caisse/caisse.py
StateDirectory=caisse
StateDirectoryMode=0750

[Install]
WantedBy=multi-user.target
CONF
systemctl daemon-reload
systemctl enable --quiet --now caisse.service
