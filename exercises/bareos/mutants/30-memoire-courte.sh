#!/bin/bash
# The volumes stay 30 days, the catalogue forgets their files after five.
set -euo pipefail

sed -i 's/File Retention = .*/File Retention = 5 days/' /etc/bacula/bacula-dir.conf
systemctl restart bacula-director
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
