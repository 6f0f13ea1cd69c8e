#!/bin/bash
# srv: Tuesday's work on the customer's folder.
set -euo pipefail

PYTHONPATH=/var/lib/pcapra PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
from journees import DATA, live, note

live(DATA, 2)
note("mardi", DATA)
PY
