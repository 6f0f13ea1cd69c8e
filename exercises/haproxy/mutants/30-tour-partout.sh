#!/bin/bash
# Round robin under the name of least connections.
set -euo pipefail

sed -i 's/balance leastconn/balance roundrobin/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
