#!/bin/bash
# The last remote snapshot is real, and without the contract.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass
export RESTIC_REPOSITORY=sftp:restic@sauvegarde:/srv/restic/srv

restic backup --quiet --tag nuit --exclude='*.t*' /etc /home "/srv/$PCAPRA_CLIENT"
