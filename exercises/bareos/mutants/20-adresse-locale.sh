#!/bin/bash
# The client's name with this machine's address: the director saves itself.
set -euo pipefail

sed -i -e 's|^  Address = srv$|  Address = 127.0.0.1|' \
    -e 's|secrets/srv-fd|secrets/sauvegarde-fd|' /etc/bacula/bacula-dir.conf
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
