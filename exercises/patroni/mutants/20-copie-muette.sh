#!/bin/bash
# A copy that is « running » and receives nothing any more. Both ways: TCP without acknowledgements
# would still bring the first rows.
set -euo pipefail

nft -f - <<'FIN'
table inet muet {
	chain entree {
		type filter hook input priority 0; policy accept;
		ip saddr 192.168.1.31 tcp sport 5432 drop
	}
	chain sortie {
		type filter hook output priority 0; policy accept;
		ip daddr 192.168.1.31 tcp dport 5432 drop
	}
}
FIN
