#!/bin/bash
set -euo pipefail

bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Incremental yes
wait
messages
CONSOLE
