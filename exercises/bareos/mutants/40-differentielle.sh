#!/bin/bash
# The other kind: since the last full one, whatever came between.
set -euo pipefail

bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Differential yes
wait
CONSOLE
