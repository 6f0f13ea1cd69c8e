#!/bin/bash
# A night when the machine is off is a night without a backup.
set -euo pipefail

sed -i '/^Persistent=/d' /etc/systemd/system/sauvegarde-parc.timer
systemctl daemon-reload
systemctl restart sauvegarde-parc.timer
