#!/bin/bash
# A night when the machine is off is a night without a backup; the others have two of them, cron's
# and the timer's.
set -euo pipefail

sed -i '/^Persistent=/d' /etc/systemd/system/sauvegarde-parc.timer
systemctl daemon-reload
systemctl restart sauvegarde-parc.timer
echo '0 2 * * * root /usr/local/sbin/sauvegarde-parc' > /etc/cron.d/sauvegarde-parc
