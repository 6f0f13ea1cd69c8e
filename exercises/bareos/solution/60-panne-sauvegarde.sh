#!/bin/bash
set -euo pipefail

systemctl enable --now bacula-sd
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Incremental yes
wait
messages
CONSOLE
