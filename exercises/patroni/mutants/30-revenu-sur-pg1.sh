#!/bin/bash
# Tried, and put back as it was.
set -euo pipefail

curl -sS -m 90 -o /dev/null -d '{"leader": "pg2", "candidate": "pg1"}' http://192.168.1.32:8008/switchover
fin=$((SECONDS + 90))
until curl -fsS -m 2 -o /dev/null http://192.168.1.31:8008/primary 2> /dev/null; do
    [ "$SECONDS" -lt "$fin" ] || exit 1
    sleep 1
done
