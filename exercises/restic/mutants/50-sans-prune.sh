#!/bin/bash
# Snapshots forgotten, and the disk as full as before.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

cd "$(mktemp -d)"
head -c 1M /dev/urandom > journal.bin
restic backup --quiet --tag ephemere journal.bin
restic forget "$(restic snapshots --json --tag ephemere |
    python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')"
