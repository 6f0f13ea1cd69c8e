#!/bin/bash
# An HTTP check, of another page.
set -euo pipefail

sed -i 's|httpchk GET /health|httpchk GET /|' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
