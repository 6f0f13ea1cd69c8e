#!/bin/bash
# A waiting page that says that all is well.
set -euo pipefail

sed -i '/attente.html/s/status 503/status 200/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
