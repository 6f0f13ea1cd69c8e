#!/bin/bash
# db1, db2, db3: the program on each node, and the method, now and for next time.
set -euo pipefail

apt-get -q update > /dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qy install mariadb-backup > /dev/null
sed -i 's/^wsrep_sst_method.*/wsrep_sst_method = mariabackup/' \
    /etc/mysql/mariadb.conf.d/60-galera.cnf
