#!/bin/bash
# The course's command, without --host: the other server pays for it.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic forget --keep-daily 7 --keep-weekly 4 --keep-monthly 12 --prune
