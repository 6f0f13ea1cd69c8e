#!/bin/bash
# lb1: statistics and metrics, on the loopback only.
set -euo pipefail

cat >> /etc/haproxy/haproxy.cfg <<FIN

listen stats
    bind 127.0.0.1:8404
    stats enable
    stats uri /stats
    stats auth admin:$PCAPRA_MDP
    http-request use-service prometheus-exporter if { path /metrics }
FIN
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
# Once the reload has handed over, not before.
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null -u "admin:$PCAPRA_MDP" \
    http://127.0.0.1:8404/stats
