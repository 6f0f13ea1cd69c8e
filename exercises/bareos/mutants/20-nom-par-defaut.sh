#!/bin/bash
# Debian's default: the client awaits a director named after its own machine.
set -euo pipefail

sed -i 's/sauvegarde-dir/srv-dir/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
