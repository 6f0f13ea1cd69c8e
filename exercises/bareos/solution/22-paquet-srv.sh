#!/bin/bash
set -euo pipefail

sed -i -e 's/^\( *FDAddress *= *\).*/\10.0.0.0/' \
    -e "/Name = srv-dir/,/}/s/^\( *Password *= *\).*/\1\"$PCAPRA_MDP-de-srv\"/" \
    -e 's/srv-dir/sauvegarde-dir/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
