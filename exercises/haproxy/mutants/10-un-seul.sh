#!/bin/bash
# A second server that never takes its share.
set -euo pipefail

sed -i 's/^\(    server web2 .* check\)$/\1 weight 0/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
