#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

mkdir -p /mnt/sauvegarde
if mountpoint -q /mnt/sauvegarde; then
    borg umount /mnt/sauvegarde
fi
borg mount /sauvegarde/depot /mnt/sauvegarde
