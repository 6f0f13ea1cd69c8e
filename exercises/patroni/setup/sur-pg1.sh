#!/bin/bash
# client: pg1 leads when the incident comes, whatever was moved before; the shop has its tables.
set -euo pipefail

a() { curl -fsS -m 6 "$@"; }
chef() {
    for n in 1 2 3; do
        if a -o /dev/null "http://192.168.1.3$n:8008/primary" 2> /dev/null; then echo "pg$n"; return; fi
    done
}
synchrone() { a http://192.168.1.31:8008/config | grep -q '"synchronous_mode": true'; }
reglage() { a -o /dev/null -X PATCH -d "{\"synchronous_mode\": $1}" http://192.168.1.31:8008/config; }

fin=$((SECONDS + 280))
remettre=/run/pcapra-synchrone
while [ "$(chef)" != pg1 ]; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg1 ne mène pas" >&2; exit 1; }
    # In the synchronous mode only the synchronous copy may be elected.
    if synchrone; then touch "$remettre"; reglage false; fi
    actuel=$(chef)
    [ -z "$actuel" ] || curl -sS -m 60 -o /dev/null -d "{\"leader\": \"$actuel\", \"candidate\": \"pg1\"}" \
        "http://192.168.1.3${actuel#pg}:8008/switchover" || true
    sleep 2
done
# Kept in a file: this script may have to run again.
attendu=
if [ -e "$remettre" ]; then reglage true; rm "$remettre"; attendu=oui; fi
until [ "$(a http://192.168.1.31:8008/patroni 2> /dev/null | grep -o '"state": "streaming"' | wc -l)" = 2 ]; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg1 n'est pas suivi" >&2; exit 1; }
    sleep 1
done
if [ -n "$attendu" ] || synchrone; then
    until a http://192.168.1.31:8008/cluster | grep -q sync_standby; do
        [ "$SECONDS" -lt "$fin" ] || { echo "aucune copie synchrone" >&2; exit 1; }
        sleep 1
    done
fi
PGPASSWORD=$PCAPRA_MDP psql -qX -v ON_ERROR_STOP=1 \
    'host=192.168.1.31 dbname=boutique user=caisse connect_timeout=5' 2> /dev/null <<'FIN'
CREATE TABLE IF NOT EXISTS commandes (
    numero text PRIMARY KEY, article text NOT NULL, prise timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS passages (n bigserial PRIMARY KEY, quand timestamptz DEFAULT now());
FIN
