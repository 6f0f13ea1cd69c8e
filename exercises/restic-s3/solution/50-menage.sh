#!/bin/bash
set -euo pipefail
export HOME=/root

set -a
. /root/nuage.env
set +a
# A person types it at restic's question: it is written nowhere on this machine.
export RESTIC_PASSWORD=$PCAPRA_PHRASE
restic --cacert /usr/local/share/nuage/ca.pem forget --host srv --group-by host \
    --keep-within 90d --prune
