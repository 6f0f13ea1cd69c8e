#!/bin/bash
# Snapshots forgotten, and as many packs paid for as before.
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
head -c 1M /dev/urandom > /tmp/ephemere.bin
restic backup --quiet --host srv --tag ephemere /tmp/ephemere.bin
patient restic forget --quiet "$(restic snapshots --json --tag ephemere |
    python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')"
