#!/bin/bash
# The old ones named one by one, then prune by itself.
set -euo pipefail
export HOME=/root

set -a
. /root/nuage.env
set +a
export RESTIC_PASSWORD=$PCAPRA_PHRASE
restic() { command restic --cacert /usr/local/share/nuage/ca.pem "$@"; }
# srv's timers may be saving at that moment, under a lock that lasts seconds.
patient() {
    for _ in 1 2 3 4 5 6; do
        "$@" && return
        sleep 10
    done
    return 1
}
mapfile -t vieux < <(restic snapshots --json | python3 -c '
import json, sys, datetime
limit = datetime.datetime.now() - datetime.timedelta(days=90)
for one in json.load(sys.stdin):
    if datetime.datetime.fromisoformat(one["time"][:19]) < limit:
        print(one["id"])')
patient restic forget "${vieux[@]}"
patient restic prune
