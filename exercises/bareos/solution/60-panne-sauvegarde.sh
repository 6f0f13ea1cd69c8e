#!/bin/bash
set -euo pipefail

systemctl enable --now bacula-sd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Incremental yes
wait
messages
CONSOLE
