#!/bin/bash
# serveur1: the last order that a client got a receipt for.
set -euo pipefail

echo "dernière commande $PCAPRA_JETON" > /srv/site/www/derniere.txt
sync -f /srv/site
