#!/bin/bash
set -euo pipefail

sed -i -e 's/^\( *FDAddress *= *\).*/\10.0.0.0/' \
    -e "/Name = srv-dir/,/}/s/^\( *Password *= *\).*/\1\"$PCAPRA_MDP-de-srv\"/" \
    -e 's/srv-dir/sauvegarde-dir/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9102' | grep -q .; do sleep 0.2; done"
