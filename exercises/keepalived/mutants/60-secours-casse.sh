#!/bin/bash
# The survivor holds the address, and serves nothing.
set -euo pipefail

sed -i -E 's/(server web[12] 192.168.1.1[12]):80/\1:81/' /etc/haproxy/haproxy.cfg
# Reloaded: a restart, HAProxy gone for a moment, may be seen by Keepalived, which then gives up the
# address to lb1 once it is back.
systemctl reload haproxy
until echo 'show stat' | nc -N -U /run/haproxy/admin.sock | grep -q '^http_back,BACKEND,.*,DOWN,'; do sleep 0.2; done
