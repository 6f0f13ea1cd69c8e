#!/bin/bash
# The weeks, months and years forgotten: the history is three days deep.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic forget --host srv --tag nuit --group-by host --keep-daily 3 --prune
