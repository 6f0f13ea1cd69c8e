#!/bin/bash
# The director learns it, everything restarts, and the job is run in full.
set -euo pipefail

printf 'mot-de-passe-tout-neuf-7291\n' > /etc/bacula/secrets/srv-fd
systemctl enable --now bacula-sd
systemctl restart bacula-director
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
wait
messages
CONSOLE
