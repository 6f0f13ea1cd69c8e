#!/bin/bash
# lb1: the address remembered in a table instead of computed, round robin the first time.
set -euo pipefail

cat >> /etc/haproxy/haproxy.cfg <<FIN

defaults portes
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s

listen tour from portes
    bind *:8001
    balance static-rr
    server web1 192.168.1.11:80 check weight $((PCAPRA_POIDS * 10))
    server web2 192.168.1.12:80 check weight 10

listen moins from portes
    bind *:8002
    balance leastconn
    server web1 192.168.1.11:80 check
    server web2 192.168.1.12:80 check

listen source from portes
    bind *:8003
    balance roundrobin
    stick-table type ip size 1k expire 30m
    stick on src
    server web1 192.168.1.11:80 check
    server web2 192.168.1.12:80 check
FIN
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
# Once the reload has handed over, not before.
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null http://127.0.0.1:8003/
