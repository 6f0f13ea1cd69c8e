#!/bin/bash
# Debian's default: the client awaits a director named after its own machine.
set -euo pipefail

sed -i 's/sauvegarde-dir/srv-dir/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9102' | grep -q .; do sleep 0.2; done"
