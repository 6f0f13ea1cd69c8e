#!/bin/bash
# Dates alone decide: a renamed folder is missed, a deleted file comes back.
set -euo pipefail

sed -i '/Accurate = yes/d' /etc/bacula/bacula-dir.d/srv.conf
dernier=$(python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
print(*catalogue.execute("SELECT max(JobId) FROM Job WHERE Level = 'I'").fetchone())
PY
)
bconsole <<CONSOLE
reload
delete jobid=$dernier yes
run job=SauvegardeSrv level=Incremental yes
wait
CONSOLE
