#!/bin/bash
# lb1: HAProxy's own cookie says where a session began.
set -euo pipefail

sed -i '/^backend http_back/,/^$/s/^    balance roundrobin$/&\n    cookie SERVEUR insert indirect nocache httponly/' /etc/haproxy/haproxy.cfg
sed -i -E '/^backend http_back/,/^$/s/^(    server (web[12]) .* check)$/\1 cookie \2/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
# The reload hands the port over: the process that has left sets no cookie.
vu=0
while [ "$vu" -lt 8 ] && [ "$SECONDS" -lt 90 ]; do
    if curl -fsS -m 5 -o /dev/null -D - http://192.168.1.21/ | grep -i '^set-cookie: SERVEUR=' > /dev/null; then
        vu=$((vu + 1))
    else
        vu=0
    fi
done
[ "$vu" -eq 8 ]
