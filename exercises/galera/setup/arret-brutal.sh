#!/bin/bash
# db2: the last order, then the power, as far as MariaDB can tell.
set -euo pipefail

systemctl is-active -q mariadb || exit 0
mariadb boutique -e "INSERT INTO commandes (article) VALUES ('dernière $PCAPRA_JETON')"
systemctl kill -s KILL mariadb
systemctl stop mariadb
