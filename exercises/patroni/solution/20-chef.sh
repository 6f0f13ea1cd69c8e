#!/bin/bash
# client: until pg1 leads.
set -euo pipefail

fin=$((SECONDS + 180))
until curl -fsS -m 2 -o /dev/null http://192.168.1.31:8008/primary 2> /dev/null; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg1 ne mène pas" >&2; exit 1; }
    sleep 1
done
