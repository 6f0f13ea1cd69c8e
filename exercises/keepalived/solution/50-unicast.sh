#!/bin/bash
# lb1, lb2: the two speak to each other by name, and the firewall knows it.
set -euo pipefail

if [ "$(hostname)" = lb1 ]; then moi=192.168.1.21 pair=192.168.1.22; else moi=192.168.1.22 pair=192.168.1.21; fi
sed -i "/^    interface eth0/a\    unicast_src_ip $moi\n    unicast_peer {\n        $pair\n    }" /etc/keepalived/keepalived.conf
sed -i "/ip protocol icmp accept/a\		ip saddr $pair ip daddr $moi meta l4proto 112 accept" /etc/nftables.d/repartiteur.nft
nft -f /etc/nftables.d/repartiteur.nft
systemctl reload keepalived
