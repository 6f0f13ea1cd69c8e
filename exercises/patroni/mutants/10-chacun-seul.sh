#!/bin/bash
# pg3: an etcd of its own, in good health, that nobody shares.
set -euo pipefail

sed -i -e 's|^ETCD_INITIAL_CLUSTER=.*|ETCD_INITIAL_CLUSTER="pg3=http://192.168.1.33:2380"|' /etc/default/etcd
systemctl stop etcd
rm -rf /var/lib/etcd/default
systemctl start etcd
