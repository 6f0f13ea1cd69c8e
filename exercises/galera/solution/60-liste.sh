#!/bin/bash
# client: all three, in an order; the client's library tries them one after the other.
set -euo pipefail

sed -i 's/^host.*/host = 192.168.1.12,192.168.1.10,192.168.1.11/' /srv/boutique/base.cnf
deadline=$((SECONDS + 120))
until said=$(commander reprise); do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
printf 'perdu=db2\nsert=%s\n' "${said##* }" > /srv/boutique/constat
