#!/bin/bash
# pg1, pg2, pg3: Patroni alone starts PostgreSQL.
set -euo pipefail

ip=$(getent ahostsv4 "$(hostname)" | awk '$1 ~ /^192/ { print $1; exit }')
pg_dropcluster --stop 15 main
systemctl disable -q postgresql
cat > /etc/patroni/config.yml <<FIN
scope: $PCAPRA_CLIENT
name: $(hostname)

restapi:
  listen: 0.0.0.0:8008
  connect_address: $ip:8008

etcd3:
  hosts: 192.168.1.31:2379,192.168.1.32:2379,192.168.1.33:2379

bootstrap:
  dcs:
    ttl: 30
    loop_wait: 10
    retry_timeout: 10
    maximum_lag_on_failover: 1048576
  initdb:
    - encoding: UTF8
    - locale: C.UTF-8
    - data-checksums

postgresql:
  listen: 0.0.0.0:5432
  connect_address: $ip:5432
  data_dir: /var/lib/postgresql/15/patroni
  bin_dir: /usr/lib/postgresql/15/bin
  pgpass: /var/lib/postgresql/patroni.pgpass
  basebackup:
    checkpoint: fast
  authentication:
    superuser:
      username: postgres
      password: $PCAPRA_MAITRE
    replication:
      username: replicator
      password: $PCAPRA_COPIE
  pg_hba:
    - local all postgres peer
    - host all all 127.0.0.1/32 scram-sha-256
    - host all all 192.168.1.0/24 scram-sha-256
    - host replication replicator 127.0.0.1/32 scram-sha-256
    - host replication replicator 192.168.1.0/24 scram-sha-256
  parameters:
    unix_socket_directories: /var/run/postgresql
    shared_buffers: 32MB
    wal_sender_timeout: 15s
FIN
chown postgres:postgres /etc/patroni/config.yml
chmod 0640 /etc/patroni/config.yml
systemctl enable -q patroni
systemctl restart --no-block patroni
