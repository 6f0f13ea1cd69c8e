#!/bin/bash
# The red line is gone, and with it what explained it.
set -euo pipefail

for jobid in $(python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
print(*(n for (n,) in catalogue.execute("SELECT JobId FROM Job WHERE JobStatus IN ('f', 'E')")))
PY
); do
    bconsole <<< "delete jobid=$jobid yes"
done
