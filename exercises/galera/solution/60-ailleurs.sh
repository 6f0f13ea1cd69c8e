#!/bin/bash
# client: another node, once the two that are left have agreed; and a note on what is seen.
set -euo pipefail

sed -i 's/^host.*/host = 192.168.1.10/' /srv/boutique/base.cnf
deadline=$((SECONDS + 120))
until commander reprise; do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
printf 'perdu=db2\nsert=db1\n' > /srv/boutique/constat
