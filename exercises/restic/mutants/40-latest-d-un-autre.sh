#!/bin/bash
# « latest » with the path and without the host: another server's version.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

rm -rf "/srv/$PCAPRA_CLIENT"
restic restore latest --path "/srv/$PCAPRA_CLIENT" --include "/srv/$PCAPRA_CLIENT" --target /
