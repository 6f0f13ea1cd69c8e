#!/bin/bash
# The director listens everywhere: one password away from all the backups.
set -euo pipefail

sed -i 's/DirAddress = .*/DirAddress = 0.0.0.0/' /etc/bacula/bacula-dir.conf
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
