#!/bin/bash
# client: before anything happens, the site answers at its address, eight times in a row.
set -euo pipefail

vu=0
while [ "$vu" -lt 8 ]; do
    [ "$SECONDS" -lt 180 ]
    if curl -fsS -m 2 -o /dev/null http://192.168.1.100/; then vu=$((vu + 1)); else vu=0 && sleep 0.5; fi
done
