#!/bin/bash
# Everything again, because it is simpler: nothing is left for an incremental.
set -euo pipefail

bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
