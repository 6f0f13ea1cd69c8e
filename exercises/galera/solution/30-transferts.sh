#!/bin/bash
# db3: the whole state first; then away for a moment, and only what was missed.
set -euo pipefail

systemctl start mariadb
systemctl stop mariadb
mariadb --no-defaults --host=192.168.1.10 --user=boutique --password="$PCAPRA_MDP" boutique \
    -e "INSERT INTO commandes (article) VALUES ('pendant la pause de db3')"
systemctl start mariadb
