#!/bin/bash
# client: pg1 is a copy of the new leader.
set -euo pipefail

fin=$((SECONDS + 240))
chef=192.168.1.32
curl -fsS -m 3 -o /dev/null http://192.168.1.32:8008/primary 2> /dev/null || chef=192.168.1.33
until curl -sS -m 20 -d '{"force": true}' http://192.168.1.31:8008/reinitialize 2> /dev/null | grep -q started; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg1 refuse d'être refait" >&2; exit 1; }
    sleep 1
done
until curl -fsS -m 3 -o /dev/null http://192.168.1.31:8008/replica 2> /dev/null &&
    [ "$(curl -fsS -m 3 "http://$chef:8008/patroni" | grep -o '"state": "streaming"' | wc -l)" = 2 ]; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg1 ne suit pas" >&2; exit 1; }
    sleep 1
done
