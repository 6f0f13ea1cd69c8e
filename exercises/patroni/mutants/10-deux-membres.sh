#!/bin/bash
# pg1 has left: two members are no safer than one.
set -euo pipefail

etcdctl --endpoints http://192.168.1.32:2379 member remove \
    "$(etcdctl member list | sed -n 's/, started, pg1, .*//p')" > /dev/null
systemctl stop etcd
