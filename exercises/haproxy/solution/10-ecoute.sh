#!/bin/bash
# lb1: the same in one « listen » section, with another expectation.
set -euo pipefail

cat >> /etc/haproxy/haproxy.cfg <<'FIN'

listen site
    bind 192.168.1.21:80
    balance leastconn
    option httpchk
    http-check send meth GET uri /health
    http-check expect string ok
    option redispatch
    default-server check inter 1s
    server premier 192.168.1.11:80
    server second 192.168.1.12:80
FIN
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null http://192.168.1.21/
