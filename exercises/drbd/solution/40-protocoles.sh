#!/bin/bash
# serveur2: the same writes under three protocols, on a link that delays each packet.
set -euo pipefail

timeout 90 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
tc qdisc add dev eth0 root netem delay "${PCAPRA_DELAI}ms"
for protocole in A B C; do
    drbdadm net-options --protocol="$protocole" data
    printf '%s=%s\n' "$protocole" "$(latence /srv/site/mesure | cut -d' ' -f1)"
done > /srv/suivi/protocoles
tc qdisc del dev eth0 root
drbdadm adjust data
