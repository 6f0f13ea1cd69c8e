#!/bin/bash
# In turn, equally.
set -euo pipefail

sed -i -E 's/ weight {0,1}[0-9]+$//' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
