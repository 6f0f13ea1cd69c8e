#!/bin/bash
# The director learns it, everything restarts, and the job is run in full.
set -euo pipefail

printf 'mot-de-passe-tout-neuf-7291\n' > /etc/bacula/secrets/srv-fd
systemctl enable --now bacula-sd
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q . && ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
wait
messages
CONSOLE
