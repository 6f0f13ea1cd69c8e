#!/bin/bash
# The first node's command, on another one: two clusters.
set -euo pipefail

systemctl stop mariadb
rm -f /var/lib/mysql/grastate.dat
galera_new_cluster
