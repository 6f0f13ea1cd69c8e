#!/bin/bash
# The client's name with this machine's address: the director saves itself.
set -euo pipefail

sed -i -e 's|^  Address = srv$|  Address = 127.0.0.1|' \
    -e 's|secrets/srv-fd|secrets/sauvegarde-fd|' /etc/bacula/bacula-dir.conf
systemctl restart bacula-director
