#!/bin/bash
# lb1 as another site had it: one server, and an open port is enough to be sound.
set -euo pipefail

sed -i -E -e '/^ +server web2 /d' -e '/httpchk/d' -e '/http-check/d' /etc/haproxy/haproxy.cfg
systemctl reload haproxy
for _ in $(seq 300); do
    if ! echo 'show stat' | nc -N -U /run/haproxy/admin.sock | grep -q '^web,web2,'; then exit 0; fi
    sleep 0.2
done
exit 1
