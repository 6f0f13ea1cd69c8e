#!/bin/bash
# « It blocked the till »: the synchronous mode is off again.
set -euo pipefail

curl -fsS -m 10 -o /dev/null -X PATCH http://192.168.1.32:8008/config -d '{"synchronous_mode": false}'
fin=$((SECONDS + 60))
while curl -fsS -m 3 http://192.168.1.32:8008/cluster | grep -q sync_standby; do
    [ "$SECONDS" -lt "$fin" ] || exit 1
    sleep 1
done
