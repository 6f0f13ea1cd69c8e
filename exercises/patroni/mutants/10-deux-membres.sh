#!/bin/bash
# pg1 has left: two members are no safer than one.
set -euo pipefail

moi=$(etcdctl member list | sed -n 's/, started, pg1, .*//p')
# Refused until the three have been connected for five seconds.
fin=$((SECONDS + 90))
until etcdctl --endpoints http://192.168.1.32:2379 member remove "$moi" > /dev/null; do
    [ "$SECONDS" -lt "$fin" ] || exit 1
    sleep 1
done
systemctl stop etcd
