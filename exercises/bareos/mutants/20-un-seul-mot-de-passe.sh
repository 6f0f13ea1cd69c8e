#!/bin/bash
# One password for everything: srv's file opens the console.
set -euo pipefail

cp /etc/bacula/secrets/srv-fd /etc/bacula/secrets/console
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
