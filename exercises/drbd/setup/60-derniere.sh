#!/bin/bash
# serveur2: the last order that a client got a receipt for.
set -euo pipefail

# Machines that were just restored may still be finding each other.
timeout 90 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
mkdir -p /srv/site/commandes
echo "dernière commande $PCAPRA_JETON" > /srv/site/commandes/derniere
sync -f /srv/site
