#!/bin/bash
# serveur2: the last order that a client got a receipt for.
set -euo pipefail

mkdir -p /srv/site/commandes
echo "dernière commande $PCAPRA_JETON" > /srv/site/commandes/derniere
sync -f /srv/site
