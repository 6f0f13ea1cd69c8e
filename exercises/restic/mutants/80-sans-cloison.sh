#!/bin/bash
# Each client has a password, and writes where it likes.
set -euo pipefail

sed -i 's/ --private-repos//' /etc/systemd/system/restic-rest.service
systemctl daemon-reload
systemctl restart restic-rest.service
