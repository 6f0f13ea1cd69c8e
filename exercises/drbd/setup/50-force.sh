#!/bin/bash
# serveur1: a colleague no longer sees serveur2, and makes this one write too.
set -euo pipefail

timeout 90 sh -c 'while grep -q cs:Connected /proc/drbd; do sleep 0.3; done'
timeout 60 sh -c 'until drbdadm primary data; do sleep 1; done'
mountpoint -q /srv/site || mount /dev/drbd0 /srv/site
mkdir -p /srv/site/commandes
echo "commande de nuit $PCAPRA_NUIT" > /srv/site/commandes/nuit
sync -f /srv/site
