#!/bin/bash
# db3: whatever comes from its two neighbours.
set -euo pipefail

sed -i 's/^\t\tip protocol icmp accept/&\
\t\tip saddr 192.168.1.10 accept\
\t\tip saddr 192.168.1.11 accept/' /etc/nftables.d/base.nft
nft -f /etc/nftables.d/base.nft
deadline=$((SECONDS + 120))
until mariadb -Ne "SHOW STATUS LIKE 'wsrep_local_state_comment'" | grep -q Synced; do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
