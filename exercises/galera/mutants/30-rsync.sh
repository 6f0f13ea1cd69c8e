#!/bin/bash
# Its state thrown away « to start afresh », and the method of before.
set -euo pipefail

systemctl stop mariadb
sed -i 's/^wsrep_sst_method.*/wsrep_sst_method = rsync/' /etc/mysql/mariadb.conf.d/60-galera.cnf
rm /var/lib/mysql/grastate.dat
systemctl start mariadb
