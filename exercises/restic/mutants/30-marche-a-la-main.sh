#!/bin/bash
# The repository comes from root's .bashrc, which systemd does not read.
set -euo pipefail

sed -i '/^Environment=RESTIC_REPOSITORY=/d' /etc/systemd/system/sauvegarde-restic.service
systemctl daemon-reload
