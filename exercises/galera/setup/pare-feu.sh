#!/bin/bash
# db3: a firewall by someone who knows MariaDB's port, and not Galera's.
set -euo pipefail

mkdir -p /etc/nftables.d
cat > /etc/nftables.d/base.nft <<'FIN'
table inet base
flush table inet base
table inet base {
	chain entree {
		type filter hook input priority 0; policy drop;
		iifname != "eth0" accept
		ip protocol icmp accept
		tcp dport { 22, 3306 } accept
	}
}
FIN
grep -q base.nft /etc/nftables.conf ||
    echo 'include "/etc/nftables.d/base.nft"' >> /etc/nftables.conf
nft -f /etc/nftables.d/base.nft
deadline=$((SECONDS + 120))
until mariadb -Ne "SHOW STATUS LIKE 'wsrep_cluster_status'" | grep -q non-Primary; do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
