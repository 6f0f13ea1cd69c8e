#!/bin/bash
# cp instead of an export: what is still in the log is lost.
set -euo pipefail

python3 - <<'PY'
import re
from pathlib import Path

script = Path("/usr/local/sbin/sauvegarde-restic")
text, count = re.subn(
    r"python3 -c '.*?' (\S+ \S+)", r"cp \1", script.read_text(), flags=re.DOTALL
)
assert count == 1
script.write_text(text)
PY
