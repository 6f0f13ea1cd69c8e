#!/bin/bash
# lb1: a waiting page of its own, as the server of last resort.
set -euo pipefail

cat > /etc/haproxy/attente.html <<FIN
<!doctype html>
<meta charset="utf-8">
<p>Le site est en maintenance. Référence : $PCAPRA_JETON</p>
FIN
cat >> /etc/haproxy/haproxy.cfg <<'FIN'

frontend attente
    bind 127.0.0.1:8081
    http-request return status 200 if { path /health }
    http-request return status 503 content-type text/html file /etc/haproxy/attente.html
FIN
sed -i '/^    server web2 192.168.1.12:80 check$/a\    server attente 127.0.0.1:8081 check backup' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
# Once the reload has handed over, not before.
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null http://127.0.0.1:8081/health
