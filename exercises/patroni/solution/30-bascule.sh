#!/bin/bash
# client: pg2 leads, and psql knows the three by one name.
set -euo pipefail

cat > /etc/postgresql-common/pg_service.conf <<FIN
[boutique]
host=192.168.1.31,192.168.1.32,192.168.1.33
dbname=boutique
user=caisse
password=$PCAPRA_MDP
target_session_attrs=read-write
connect_timeout=3
FIN
curl -sS -m 90 -o /dev/null -d '{"leader": "pg1", "candidate": "pg2"}' http://192.168.1.31:8008/switchover
fin=$((SECONDS + 180))
until curl -fsS -m 2 -o /dev/null http://192.168.1.32:8008/primary 2> /dev/null &&
    [ "$(curl -fsS -m 2 http://192.168.1.32:8008/patroni | grep -o '"state": "streaming"' | wc -l)" = 2 ] &&
    curl -fsS -m 2 http://192.168.1.32:8008/history | grep -q pg2; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg2 ne mène pas" >&2; exit 1; }
    sleep 1
done
