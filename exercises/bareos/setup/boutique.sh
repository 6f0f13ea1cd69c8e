#!/bin/bash
# srv: the shop, which writes its orders into a database all day long. In WAL mode the last ones
# are beside the main file: copying that file alone loses them.
set -euo pipefail

install -d -m 0750 /var/lib/boutique
cat > /usr/local/sbin/boutique <<'PY'
#!/usr/bin/env python3
"""Take an order every second."""

import itertools
import sqlite3
import time

base = sqlite3.connect("/var/lib/boutique/commandes.db", timeout=30)
base.execute("PRAGMA journal_mode = WAL")
# Never checkpointed: the main file stays as it was born, as that of a base where much is written.
base.execute("PRAGMA wal_autocheckpoint = 0")
with base:
    base.execute(
        "CREATE TABLE IF NOT EXISTS commande"
        " (numero INTEGER PRIMARY KEY, quand REAL NOT NULL, article TEXT NOT NULL)"
    )
for article in itertools.cycle(("livre", "carnet", "affiche")):
    with base:
        base.execute("INSERT INTO commande (quand, article) VALUES (?, ?)", (time.time(), article))
    time.sleep(1)
PY
chmod 0755 /usr/local/sbin/boutique
cat > /etc/systemd/system/boutique.service <<'UNIT'
[Unit]
Description=La boutique en ligne

[Service]
ExecStart=/usr/local/sbin/boutique
UMask=0077
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet --now boutique
