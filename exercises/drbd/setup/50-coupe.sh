#!/bin/bash
# serveur2, which serves: the link of DRBD is cut, orders go on coming in.
set -euo pipefail

nft -f - <<'FIN'
table inet incident
flush table inet incident
table inet incident {
	chain entree {
		type filter hook input priority 0;
		tcp dport 7789 drop
		tcp sport 7789 drop
	}
	chain sortie {
		type filter hook output priority 0;
		tcp dport 7789 drop
		tcp sport 7789 drop
	}
}
FIN
mkdir -p /srv/site/commandes
echo "commande du matin $PCAPRA_MATIN" > /srv/site/commandes/matin
sync -f /srv/site
timeout 90 sh -c 'while grep -q cs:Connected /proc/drbd; do sleep 0.3; done'
