#!/bin/bash
# client: two copies in, then the shop's account and its database.
set -euo pipefail

fin=$((SECONDS + 240))
for ip in 192.168.1.32 192.168.1.33; do
    until curl -fsS -m 2 -o /dev/null "http://$ip:8008/replica" 2> /dev/null; do
        [ "$SECONDS" -lt "$fin" ] || { echo "$ip ne suit pas" >&2; exit 1; }
        sleep 1
    done
done
until [ "$(curl -fsS -m 2 http://192.168.1.31:8008/patroni | grep -o '"state": "streaming"' | wc -l)" = 2 ]; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg2 et pg3 ne suivent pas" >&2; exit 1; }
    sleep 1
done
PGPASSWORD=$PCAPRA_MAITRE psql -qX -h 192.168.1.31 -U postgres -v ON_ERROR_STOP=1 <<FIN
CREATE ROLE caisse LOGIN PASSWORD '$PCAPRA_MDP';
CREATE DATABASE boutique OWNER caisse;
FIN
