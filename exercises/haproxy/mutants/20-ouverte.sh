#!/bin/bash
# Statistics for whoever asks.
set -euo pipefail

sed -i '/stats auth/d' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
