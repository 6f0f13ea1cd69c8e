#!/bin/bash
# cron and the timer, both at two in the morning.
set -euo pipefail

echo '0 2 * * * root /usr/local/sbin/sauvegarde-parc' > /etc/cron.d/sauvegarde-parc
