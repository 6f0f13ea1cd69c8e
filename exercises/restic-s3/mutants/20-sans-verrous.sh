#!/bin/bash
# No deletion at all: restic leaves a lock behind at each backup, and prune waits for them.
set -euo pipefail

seau GET policy= > /tmp/politique.json
python3 - <<'PY'
import json
from pathlib import Path

path = Path("/tmp/politique.json")
policy = json.loads(path.read_text())
statements = policy["Statement"]
statements[:] = [
    one for one in statements if not str(one["Action"]).startswith("s3:Delete")
]
path.write_text(json.dumps(policy))
PY
seau PUT policy= /tmp/politique.json
