#!/bin/bash
# sauvegarde: the night's job, which fails on the client's password; then a storage daemon that
# somebody stopped, for good.
set -euo pipefail

systemctl start bacula-sd bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q . && ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Incremental yes
wait
CONSOLE
systemctl disable --quiet --now bacula-sd
python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
query = "SELECT JobStatus FROM Job WHERE Name = 'SauvegardeSrv' ORDER BY JobId DESC LIMIT 1"
(status,) = catalogue.execute(query).fetchone()
if status not in "fE":
    raise SystemExit(f"la sauvegarde de la nuit devait échouer, son état est {status}")
PY
