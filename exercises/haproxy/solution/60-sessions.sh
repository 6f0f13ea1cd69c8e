#!/bin/bash
# lb1: HAProxy's own cookie says where a session began.
set -euo pipefail

sed -i '/^    balance roundrobin$/a\    cookie SERVEUR insert indirect nocache httponly' /etc/haproxy/haproxy.cfg
sed -i -E '/^backend http_back/,/^$/s/^(    server (web[12]) .* check)$/\1 cookie \2/' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
