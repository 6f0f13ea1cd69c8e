#!/bin/sh
# Runs in the new system (chroot), after its packages: a server for a small machine.
set -eu

cat > /etc/mysql/mariadb.conf.d/90-labo.cnf <<'FIN'
# Laboratoire : de petites machines. Lu après les autres fichiers.
[mariadbd]
innodb_buffer_pool_size = 32M
innodb_log_file_size = 16M
FIN
