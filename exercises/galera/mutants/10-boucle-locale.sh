#!/bin/bash
# The cluster is complete, and this node's clients find a closed door.
set -euo pipefail

sed -i '/^bind-address/d' /etc/mysql/mariadb.conf.d/60-galera.cnf
systemctl restart mariadb
