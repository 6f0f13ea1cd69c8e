#!/bin/bash
# Debian's own files, completed in place: the passwords it drew stay.
set -euo pipefail

sed -i 's/^\( *SDAddress *= *\).*/\1192.168.1.41/' /etc/bacula/bacula-sd.conf
cat >> /etc/bacula/bacula-dir.conf <<CONF
Client {
  Name = srv-fd
  Address = 192.168.1.10
  Catalog = MyCatalog
  Password = "$PCAPRA_MDP-de-srv"
}
CONF
systemctl restart bacula-sd bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q . && ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
