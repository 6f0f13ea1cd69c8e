#!/bin/bash
# client: one of the two gives way. Eight pages in a row: the address has stopped moving.
set -euo pipefail

vu=0
while [ "$vu" -lt 8 ] && [ "$SECONDS" -lt 90 ]; do
    if curl -fsS -m 2 -o /dev/null http://service.lan/; then vu=$((vu + 1)); else vu=0; fi
    sleep 0.5
done
[ "$vu" -eq 8 ]
