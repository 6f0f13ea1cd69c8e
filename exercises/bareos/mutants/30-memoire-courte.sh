#!/bin/bash
# The volumes stay 30 days, the catalogue forgets their files after five.
set -euo pipefail

sed -i 's/File Retention = .*/File Retention = 5 days/' /etc/bacula/bacula-dir.conf
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
