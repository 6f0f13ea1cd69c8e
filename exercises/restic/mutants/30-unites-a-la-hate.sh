#!/bin/bash
# The password in the unit, which every account can read with systemctl cat; and a timer started
# and not enabled, which the next boot forgets.
set -euo pipefail

sed -i "s|^ExecStart=|Environment=RESTIC_PASSWORD=$(< /root/.restic-pass)\n&|" \
    /etc/systemd/system/sauvegarde-restic.service
systemctl daemon-reload
systemctl disable sauvegarde-restic.timer
systemctl start sauvegarde-restic.timer
