#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_CACHE_DIR=/var/cache/restic
export RESTIC_REPOSITORY_FILE=/root/.restic-rest
site=/srv/$PCAPRA_CLIENT

systemctl stop sauvegarde-rest.timer sauvegarde-rest.service
# The last snapshot made before the note was written.
attaque=$(stat -c %Y "$site"/*RANCON*)
instantane=$(restic snapshots --json --host srv --path "$site" | python3 -c '
import datetime, json, re, sys
def seconds(text):
    return datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text)).timestamp()
listed = [(seconds(one["time"]), one["id"]) for one in json.load(sys.stdin)]
print(max(one for one in listed if one[0] < float(sys.argv[1]))[1])' "$attaque")

rm -rf "$site"
restic dump --archive tar "$instantane" "$site" | tar -xpf - -C / --numeric-owner
rm -f "$site"/stock.db*
restic dump "$instantane" /var/backups/restic/stock.db > "$site/stock.db"
chown www-data: "$site/stock.db"
