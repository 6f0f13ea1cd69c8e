#!/bin/bash
# The way round: the client gets a new password, of its own.
set -euo pipefail

sed -i 's|Password = .*|Password = "mot-de-passe-tout-neuf-7291"|' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9102' | grep -q .; do sleep 0.2; done"
