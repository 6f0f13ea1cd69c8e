#!/bin/bash
# pg1, pg2, pg3: the lone etcd of the package goes, one of three takes its place.
set -euo pipefail

ip=$(getent ahostsv4 "$(hostname)" | awk '$1 ~ /^192/ { print $1; exit }')
cat > /etc/default/etcd <<FIN
ETCD_NAME="$(hostname)"
ETCD_LISTEN_PEER_URLS="http://$ip:2380"
ETCD_INITIAL_ADVERTISE_PEER_URLS="http://$ip:2380"
ETCD_LISTEN_CLIENT_URLS="http://$ip:2379,http://127.0.0.1:2379"
ETCD_ADVERTISE_CLIENT_URLS="http://$ip:2379"
ETCD_INITIAL_CLUSTER="pg1=http://192.168.1.31:2380,pg2=http://192.168.1.32:2380,pg3=http://192.168.1.33:2380"
ETCD_INITIAL_CLUSTER_STATE="new"
ETCD_HEARTBEAT_INTERVAL="300"
ETCD_ELECTION_TIMEOUT="3000"
FIN
systemctl stop etcd
rm -rf /var/lib/etcd/default
# A node answers once a second one is there: this one does not wait for it.
systemctl start --no-block etcd
