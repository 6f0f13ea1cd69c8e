#!/bin/bash
# serveur2: takes the rescued order, then the other side back.
set -euo pipefail

timeout 60 sh -c 'until nc -d serveur1 9000 > /root/nuit && [ -s /root/nuit ]; do sleep 0.3; done'
cp /root/nuit /srv/site/commandes/nuit
if grep -q cs:StandAlone /proc/drbd; then drbdadm connect data; fi
timeout 120 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
