#!/bin/bash
# lb1, lb2: a firewall by someone who listed ports, and forgot that VRRP has none.
set -euo pipefail

mkdir -p /etc/nftables.d
cat > /etc/nftables.d/repartiteur.nft <<'FIN'
table inet repartiteur
flush table inet repartiteur
table inet repartiteur {
	chain entree {
		type filter hook input priority 0; policy drop;
		iifname != "eth0" accept
		ct state established,related accept
		ip protocol icmp accept
		tcp dport { 22, 80 } accept
	}
}
FIN
grep -q repartiteur.nft /etc/nftables.conf ||
    echo 'include "/etc/nftables.d/repartiteur.nft"' >> /etc/nftables.conf
nft -f /etc/nftables.d/repartiteur.nft
