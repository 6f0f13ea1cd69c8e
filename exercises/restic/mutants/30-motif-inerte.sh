#!/bin/bash
# A pattern that matches nothing: « .tmp » is not « *.tmp ».
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic backup --quiet --tag nuit --exclude='.tmp' --exclude='/home/*/.cache' --exclude-caches \
    /etc /home "/srv/$PCAPRA_CLIENT" /var/backups/restic
