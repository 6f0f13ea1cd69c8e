#!/bin/bash
# lb1, lb2: HAProxy as the previous lesson leaves it; each says its name in a header.
set -euo pipefail

cat >> /etc/haproxy/haproxy.cfg <<FIN

frontend http_front
    bind *:80
    http-response set-header X-Repartiteur $(hostname)
    default_backend http_back

backend http_back
    balance roundrobin
    option httpchk GET /health
    http-check expect status 200
    option redispatch
    server web1 192.168.1.11:80 check
    server web2 192.168.1.12:80 check

listen stats
    bind *:8404
    monitor-uri /vivant
    stats enable
    stats uri /stats
    stats auth admin:$PCAPRA_JETON
FIN
systemctl restart haproxy
