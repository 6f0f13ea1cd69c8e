#!/bin/bash
# db3, then db1: one more order, and a clean stop.
set -euo pipefail

systemctl is-active -q mariadb || exit 0
if [ "$(hostname)" = db1 ]; then
    mariadb boutique -e "INSERT INTO commandes (article) VALUES ('avant-dernière $PCAPRA_JETON')"
fi
systemctl stop mariadb
