#!/bin/bash
# The course's command: --exclude-caches sees tagged folders only, and ~/.cache has no tag.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic backup --quiet --tag nuit --exclude='*.tmp' --exclude-caches \
    /etc /home "/srv/$PCAPRA_CLIENT" /var/backups/restic
