#!/bin/bash
# Everything is restored aside first, by date for the contract.
set -euo pipefail

jobid=$(python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
print(*catalogue.execute("SELECT min(JobId) FROM Job WHERE Level = 'F' AND JobStatus = 'T'").fetchone())
PY
)
bconsole <<CONSOLE
restore client=srv-fd jobid=$jobid where=/var/tmp/premier all done yes
wait
restore client=srv-fd fileset=Site where=/var/tmp/tout current select all done yes
wait
CONSOLE
