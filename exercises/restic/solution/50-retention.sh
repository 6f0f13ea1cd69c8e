#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic forget --host srv --tag nuit --group-by host \
    --keep-daily 3 --keep-weekly 2 --keep-monthly 2 --keep-yearly 2 --prune
