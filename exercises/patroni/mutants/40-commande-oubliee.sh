#!/bin/bash
# The old leader made anew first: what it alone had is nowhere any more.
set -euo pipefail

PGPASSWORD=$PCAPRA_MDP psql -qX -v ON_ERROR_STOP=1 \
    'host=192.168.1.31,192.168.1.32,192.168.1.33 user=caisse dbname=boutique target_session_attrs=read-write' \
    -c "DELETE FROM commandes WHERE numero = '$PCAPRA_COMMANDE'"
