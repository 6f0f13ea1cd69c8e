#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic
site=/srv/$PCAPRA_CLIENT

instantane=$(restic snapshots --json --host srv --path "$site" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)[-1]["id"])')
restic dump --archive tar "$instantane" "$site" | tar -xpf - -C / --numeric-owner
rm -f "$site"/stock.db*
restic dump "$instantane" /var/backups/restic/stock.db > "$site/stock.db"
chown www-data: "$site/stock.db"
