#!/bin/bash
# Faithful by address: everybody behind one router is one client.
set -euo pipefail

sed -i -E -e '/^backend http_back/,/^$/s/balance roundrobin/balance source/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
