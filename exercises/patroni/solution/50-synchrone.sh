#!/bin/bash
# client: a copy confirms each commit, and an old leader is rewound by itself.
set -euo pipefail

curl -fsS -m 10 -o /dev/null -X PATCH http://192.168.1.31:8008/config \
    -d '{"synchronous_mode": true, "postgresql": {"use_pg_rewind": true}}'
fin=$((SECONDS + 120))
until curl -fsS -m 3 http://192.168.1.31:8008/cluster | grep -q sync_standby &&
    curl -fsS -m 3 http://192.168.1.31:8008/patroni | grep -q '"sync_state": "sync"'; do
    [ "$SECONDS" -lt "$fin" ] || { echo "aucune copie synchrone" >&2; exit 1; }
    sleep 1
done
