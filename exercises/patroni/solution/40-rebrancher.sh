#!/bin/bash
# pg1: Patroni 3.0.2 is stopped before it meets its neighbours again, and started once etcd has
# caught up.
set -euo pipefail

systemctl stop patroni
nft delete table inet maintenance
fin=$((SECONDS + 90))
until curl -fsS -m 3 http://127.0.0.1:2379/health 2> /dev/null | grep -q '"true"'; do
    [ "$SECONDS" -lt "$fin" ] || { echo "etcd de pg1 ne rejoint pas les autres" >&2; exit 1; }
done
systemctl start patroni
