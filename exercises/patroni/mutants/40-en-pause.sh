#!/bin/bash
# The automatic failover, switched off for the repair, and forgotten.
set -euo pipefail

curl -fsS -m 10 -o /dev/null -X PATCH -d '{"pause": true}' http://192.168.1.32:8008/config
fin=$((SECONDS + 60))
until curl -fsS -m 3 http://192.168.1.32:8008/cluster | grep -q '"pause": true'; do
    [ "$SECONDS" -lt "$fin" ] || exit 1
    sleep 1
done
