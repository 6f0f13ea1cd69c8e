#!/bin/bash
# client: what only the old leader has goes to the new one, before the old one is made anew. It is
# readable again once it has given up its copies: wal_sender_timeout.
set -euo pipefail

export PGPASSWORD=$PCAPRA_MDP PGCONNECT_TIMEOUT=5
fin=$((SECONDS + 240))
until psql -qX -h 192.168.1.31 -U caisse boutique \
    -c "\copy (SELECT * FROM commandes WHERE numero = '$PCAPRA_COMMANDE') TO '/srv/suivi/perdues.csv' CSV" 2> /dev/null &&
    [ -s /srv/suivi/perdues.csv ]; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg1 ne se laisse pas lire" >&2; exit 1; }
    sleep 1
done
psql -qX -v ON_ERROR_STOP=1 \
    "host=192.168.1.32,192.168.1.33 user=caisse dbname=boutique target_session_attrs=read-write" \
    -c "\copy commandes FROM '/srv/suivi/perdues.csv' CSV"
