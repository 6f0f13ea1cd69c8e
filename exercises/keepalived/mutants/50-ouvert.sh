#!/bin/bash
# VRRP let in, from whoever speaks it.
set -euo pipefail

sed -i -E 's/ip saddr [0-9.]+ (ip protocol vrrp)/\1/' /etc/nftables.d/repartiteur.nft
nft -f /etc/nftables.d/repartiteur.nft
