#!/bin/bash
# lb1: one door, two servers, a check that asks the site.
set -euo pipefail

cat >> /etc/haproxy/haproxy.cfg <<'FIN'

frontend http_front
    bind *:80
    default_backend http_back

backend http_back
    balance roundrobin
    option httpchk GET /health
    http-check expect status 200
    option redispatch
    server web1 192.168.1.11:80 check
    server web2 192.168.1.12:80 check
FIN
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null http://192.168.1.21/
