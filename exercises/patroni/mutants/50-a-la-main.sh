#!/bin/bash
# PostgreSQL's own setting: it waits for a copy, and Patroni may elect the other one.
set -euo pipefail

curl -fsS -m 10 -o /dev/null -X PATCH http://192.168.1.31:8008/config \
    -d '{"synchronous_mode": null, "postgresql": {"parameters": {"synchronous_standby_names": "*"}}}'
fin=$((SECONDS + 60))
while curl -fsS -m 3 http://192.168.1.31:8008/cluster | grep -q sync_standby; do
    [ "$SECONDS" -lt "$fin" ] || exit 1
    sleep 1
done
