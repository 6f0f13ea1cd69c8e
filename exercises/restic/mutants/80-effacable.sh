#!/bin/bash
# The same server without --append-only: a backup that its client can erase.
set -euo pipefail

sed -i 's/ --append-only//' /etc/systemd/system/restic-rest.service
systemctl daemon-reload
systemctl restart restic-rest.service
