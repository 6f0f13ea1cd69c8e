#!/bin/bash
# A check that a port answers, no more.
set -euo pipefail

sed -i -e '/option httpchk/d' -e '/http-check/d' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
until echo 'show stat' | nc -N -U /run/haproxy/admin.sock | grep -q '^http_back,web2,.*L4OK'; do :; done
