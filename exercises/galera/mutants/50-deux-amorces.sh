#!/bin/bash
# « It does not start »: bootstrapped as well, beside the others.
set -euo pipefail

systemctl stop mariadb
sed -i 's/^safe_to_bootstrap:.*/safe_to_bootstrap: 1/' /var/lib/mysql/grastate.dat
galera_new_cluster
