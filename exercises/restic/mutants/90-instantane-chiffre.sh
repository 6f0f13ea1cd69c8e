#!/bin/bash
# « latest », made after the attack: encrypted files, faithfully restored.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_CACHE_DIR=/var/cache/restic
export RESTIC_REPOSITORY_FILE=/root/.restic-rest
site=/srv/$PCAPRA_CLIENT

find "$site" -type f -exec mv {} {}.verrou \;
/usr/local/sbin/sauvegarde-restic || restic backup --quiet --tag nuit "$site"
rm -rf "$site"
restic restore latest --host srv --path "$site" --include "$site" --target /
