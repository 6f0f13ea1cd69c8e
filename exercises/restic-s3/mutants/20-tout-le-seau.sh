#!/bin/bash
# The bucket's objects, all of them, for the key of one server.
set -euo pipefail

seau GET policy= > /tmp/politique.json
python3 - <<'PY'
import json
from pathlib import Path

path = Path("/tmp/politique.json")
policy = json.loads(path.read_text())
statements = policy["Statement"]
for one in statements:
    if "s3:PutObject" in one["Action"]:
        one["Resource"] = one["Resource"].replace("/srv/", "/")
path.write_text(json.dumps(policy))
PY
seau PUT policy= /tmp/politique.json
