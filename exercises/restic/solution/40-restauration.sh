#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic restore latest --host srv --path "/srv/$PCAPRA_CLIENT" \
    --include "/srv/$PCAPRA_CLIENT" --target /
