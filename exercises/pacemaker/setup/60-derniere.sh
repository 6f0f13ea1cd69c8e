#!/bin/bash
# serveur1: the last order that a client got a receipt for.
set -euo pipefail

# serveur2 may just be back: what it has not received would be lost with serveur1.
timeout 240 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
echo "dernière commande $PCAPRA_JETON" > /srv/site/www/derniere.txt
sync -f /srv/site
