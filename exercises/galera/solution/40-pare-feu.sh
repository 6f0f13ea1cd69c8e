#!/bin/bash
# db3: the cluster's ports, for its two neighbours, both ways.
set -euo pipefail

sed -i 's/^\t\ttcp dport { 22, 3306 } accept/&\
\t\tct state established,related accept\
\t\tip saddr { 192.168.1.10, 192.168.1.11 } tcp dport { 4444, 4567, 4568 } accept/' \
    /etc/nftables.d/base.nft
nft -f /etc/nftables.d/base.nft
deadline=$((SECONDS + 120))
until mariadb -Ne "SHOW STATUS LIKE 'wsrep_local_state_comment'" | grep -q Synced; do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
