#!/bin/bash
# db1: an order while db3 is away.
set -euo pipefail

deadline=$((SECONDS + 120))
until mariadb boutique -e "INSERT INTO commandes (article) VALUES ('coupure $PCAPRA_JETON')"; do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
