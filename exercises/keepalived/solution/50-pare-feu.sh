#!/bin/bash
# lb1, lb2: VRRP is let in, from the other load balancer only.
set -euo pipefail

if [ "$(hostname)" = lb1 ]; then pair=192.168.1.22; else pair=192.168.1.21; fi
sed -i "/ip protocol icmp accept/a\		ip saddr $pair ip protocol vrrp accept" /etc/nftables.d/repartiteur.nft
nft -f /etc/nftables.d/repartiteur.nft
