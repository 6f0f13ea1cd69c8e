#!/bin/bash
# The photos were saved again from a file that was already spoiled: a sound repository, a bad copy.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

truncate -s 256K "/srv/$PCAPRA_CLIENT/photos/automne.raw"
restic backup --quiet --tag reparation "/srv/$PCAPRA_CLIENT"
