#!/bin/bash
# The page for people, nothing for Prometheus.
set -euo pipefail

sed -i '/prometheus-exporter/d' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
