#!/bin/bash
# A copy that is « running » and receives nothing any more.
set -euo pipefail

nft add table inet muet
nft add chain inet muet sortie '{ type filter hook output priority 0; policy accept; }'
nft add rule inet muet sortie ip daddr 192.168.1.31 tcp dport 5432 drop
