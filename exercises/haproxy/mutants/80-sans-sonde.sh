#!/bin/bash
# A server declared well instead of being asked.
set -euo pipefail

sed -i -E 's/^(    server web1 192.168.1.11:80) check cookie/\1 cookie/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
