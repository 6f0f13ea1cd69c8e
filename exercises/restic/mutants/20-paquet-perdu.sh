#!/bin/bash
# A file of the repository gone: it opens, lists its snapshots, and cannot give them back.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

restic backup --quiet /etc/hostname
rm -f /sauvegarde/restic/data/*/*
