#!/bin/bash
# web1: a date written after each run, whatever became of it.
set -euo pipefail

sed -i 's/^ExecStartPost=/ExecStopPost=/' /etc/systemd/system/sauvegarde-site.service.d/mesure.conf
systemctl daemon-reload
