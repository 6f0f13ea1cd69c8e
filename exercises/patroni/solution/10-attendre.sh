#!/bin/bash
# client: until the three agree.
set -euo pipefail

fin=$((SECONDS + 120))
for ip in 192.168.1.31 192.168.1.32 192.168.1.33; do
    until curl -fsS -m 3 "http://$ip:2379/health" 2> /dev/null | grep -q '"true"'; do
        [ "$SECONDS" -lt "$fin" ] || { echo "etcd : $ip ne répond pas" >&2; exit 1; }
    done
done
