#!/bin/bash
# The site and nothing else: the server's configuration would be typed again from memory.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic backup --quiet --tag nuit --exclude='*.tmp' --exclude-caches "/srv/$PCAPRA_CLIENT"
