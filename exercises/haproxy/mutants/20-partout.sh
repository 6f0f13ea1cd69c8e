#!/bin/bash
# Statistics on all addresses, as in the course's file.
set -euo pipefail

sed -i 's/bind 127.0.0.1:8404/bind *:8404/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
