#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_CACHE_DIR=/var/cache/restic
export RESTIC_REPOSITORY_FILE=/root/.restic-rest
site=/srv/$PCAPRA_CLIENT

# Nothing encrypted goes on to the repository.
systemctl stop sauvegarde-rest.timer sauvegarde-rest.service

# Newest first, the first one that the attack had not reached.
bon=
for instantane in $(restic snapshots --json --host srv --path "$site" | python3 -c '
import json, sys
for one in sorted(json.load(sys.stdin), key=lambda one: one["time"], reverse=True):
    print(one["id"])'); do
    # Not in a pipe: grep -q ends at the first match, and restic would be said to have failed.
    contenu=$(restic ls "$instantane" "$site")
    if ! grep -qE '\.verrou$|RANCON' <<< "$contenu"; then
        bon=$instantane
        break
    fi
done
test -n "$bon"
# Kept aside for whoever investigates. Over it, restic 0.14 would stop at the first symbolic link.
mv "$site" "/var/tmp/attaque-$(date +%s)"
restic restore "$bon" --include "$site" --target /
