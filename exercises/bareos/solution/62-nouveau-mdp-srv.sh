#!/bin/bash
# The way round: the client gets a new password, of its own.
set -euo pipefail

sed -i 's|Password = .*|Password = "mot-de-passe-tout-neuf-7291"|' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
