#!/bin/bash
# The pattern-less Options come first: what no pattern catches takes those of the last block.
set -euo pipefail

python3 - <<'PY'
from pathlib import Path

path = Path("/etc/bacula/bacula-dir.d/srv.conf")
text = path.read_text()
start, end = text.index("    Options {\n      Exclude"), text.index("    Options {\n      Signature")
last = text.index("    File = /srv/www")
path.write_text(text[:start] + text[end:last] + text[start:end] + text[last:])
PY
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
