#!/bin/bash
# Without --host: the other server pays for it. And the latest of each series only: no history is
# left, whatever the date. Of a few days the policy itself may leave just that, about a new year.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic forget --keep-last 1 --prune
