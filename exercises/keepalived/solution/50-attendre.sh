#!/bin/bash
# client: one of the two gives way.
set -euo pipefail

for vu in 1 2 3 4 5 6 7 8; do
    until curl -fsS -m 2 -o /dev/null http://service.lan/; do :; done
    sleep 0.5
done
