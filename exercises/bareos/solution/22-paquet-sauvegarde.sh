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
