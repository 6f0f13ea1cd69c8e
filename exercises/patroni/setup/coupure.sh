#!/bin/bash
# pg1: a filter meant for another machine cuts it from its two neighbours, not from its clients.
# The till of the counter, which writes to pg1, takes one more order.
set -euo pipefail

nft -f - <<'FIN'
table inet maintenance
flush table inet maintenance
table inet maintenance {
	chain entree {
		type filter hook input priority 0; policy accept;
		ip saddr { 192.168.1.32, 192.168.1.33 } drop
	}
	chain sortie {
		type filter hook output priority 0; policy accept;
		ip daddr { 192.168.1.32, 192.168.1.33 } drop
	}
}
FIN
# In the synchronous mode nobody answers: the till gives up.
PGPASSWORD=$PCAPRA_MDP timeout 5 psql -qX -h 127.0.0.1 -U caisse boutique > /dev/null 2>&1 <<FIN || true
INSERT INTO commandes (numero, article)
SELECT '$PCAPRA_COMMANDE' || CASE WHEN count(*) > 0 THEN '-bis' ELSE '' END, 'commande du comptoir'
FROM commandes WHERE numero = '$PCAPRA_COMMANDE'
FIN
