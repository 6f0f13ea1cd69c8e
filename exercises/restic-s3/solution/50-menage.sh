#!/bin/bash
set -euo pipefail
export HOME=/root

set -a
. /root/nuage.env
set +a
# A person types it at restic's question: it is written nowhere on this machine.
export RESTIC_PASSWORD=$PCAPRA_PHRASE
# srv's timers may be saving at that moment, under a lock that lasts seconds.
patient() {
    for _ in 1 2 3 4 5 6; do
        "$@" && return
        sleep 10
    done
    return 1
}
patient restic --cacert /usr/local/share/nuage/ca.pem forget --host srv --group-by host \
    --keep-within 90d --prune
