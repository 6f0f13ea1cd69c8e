#!/bin/bash
# Snapshots forgotten, and as many packs paid for as before.
set -euo pipefail
export HOME=/root

set -a
. /root/nuage.env
set +a
export RESTIC_PASSWORD=$PCAPRA_PHRASE
restic() { command restic --cacert /usr/local/share/nuage/ca.pem "$@"; }
head -c 1M /dev/urandom > /tmp/ephemere.bin
restic backup --quiet --host srv --tag ephemere /tmp/ephemere.bin
restic forget --quiet "$(restic snapshots --json --tag ephemere |
    python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')"
