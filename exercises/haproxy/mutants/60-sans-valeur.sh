#!/bin/bash
# A cookie is announced, no server has its value.
set -euo pipefail

sed -i -E 's/ cookie web[12]$//' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
