#!/bin/bash
# The rule of the other side is missing: two masters.
set -euo pipefail

sed -i '/ip protocol vrrp/d' /etc/nftables.d/repartiteur.nft
nft -f /etc/nftables.d/repartiteur.nft
until ip -4 addr show eth0 | grep -q "192.168.1.$PCAPRA_VIP/"; do sleep 0.2; done
