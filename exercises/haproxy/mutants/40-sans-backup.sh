#!/bin/bash
# A waiting page that takes its turn.
set -euo pipefail

sed -i 's/ check backup$/ check/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
