#!/bin/bash
set -euo pipefail

# The full backup holds the contract as it was signed.
jobid=$(python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
query = """SELECT JobId FROM Job WHERE Name = 'SauvegardeSrv' AND Level = 'F' AND JobStatus = 'T'
           ORDER BY JobId LIMIT 1"""
print(*catalogue.execute(query).fetchone())
PY
)
bconsole <<CONSOLE
restore client=srv-fd jobid=$jobid where=/restauration file=/srv/www/$PCAPRA_CLIENT/contrat.txt done yes
wait
restore client=srv-fd fileset=Site where=/ current select all done yes
wait
messages
CONSOLE
