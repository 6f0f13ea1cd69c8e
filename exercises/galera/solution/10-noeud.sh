#!/bin/bash
# db1, db2, db3: the complete configuration. The first one begins the cluster, the others join.
set -euo pipefail

me=$(hostname)
cat > /etc/mysql/mariadb.conf.d/60-galera.cnf <<FIN
[galera]
wsrep_on = ON
wsrep_provider = /usr/lib/galera/libgalera_smm.so
wsrep_cluster_name = "mon_cluster"
wsrep_cluster_address = "gcomm://192.168.1.10,192.168.1.11,192.168.1.12"
wsrep_node_address = "192.168.1.$((9 + ${me#db}))"
wsrep_node_name = $me
wsrep_sst_method = rsync
binlog_format = ROW
default_storage_engine = InnoDB
innodb_autoinc_lock_mode = 2
bind-address = 0.0.0.0
FIN
if [ "$me" = db1 ]; then
    galera_new_cluster
else
    systemctl restart mariadb
fi
