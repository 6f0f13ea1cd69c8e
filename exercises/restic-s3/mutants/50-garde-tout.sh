#!/bin/bash
# A policy that keeps one a year besides: ninety days were asked.
set -euo pipefail
export HOME=/root

set -a
. /root/nuage.env
set +a
export RESTIC_PASSWORD=$PCAPRA_PHRASE
restic() { command restic --cacert /usr/local/share/nuage/ca.pem "$@"; }
head -c 100K /dev/urandom > /tmp/releve.bin
restic backup --quiet --host srv --tag releve --time "$(date -d '200 days ago' '+%F %T')" \
    /tmp/releve.bin
