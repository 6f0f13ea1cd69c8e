#!/bin/bash
# lb1: three doors, three algorithms.
set -euo pipefail

for porte in 'tour 8001 roundrobin' 'moins 8002 leastconn' 'source 8003 source'; do
    read -r nom port algorithme <<< "$porte"
    poids=1
    [ "$nom" = tour ] && poids=$PCAPRA_POIDS
    cat >> /etc/haproxy/haproxy.cfg <<FIN

listen $nom
    bind *:$port
    balance $algorithme
    server web1 192.168.1.11:80 check weight $poids
    server web2 192.168.1.12:80 check weight 1
FIN
done
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
# Once the reload has handed over, not before.
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null http://127.0.0.1:8003/
