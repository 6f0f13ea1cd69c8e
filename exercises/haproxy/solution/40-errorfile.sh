#!/bin/bash
# lb1: the backend's own 503 instead of a server.
set -euo pipefail

printf 'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>En maintenance : %s</p>\n' "$PCAPRA_JETON" > /etc/haproxy/errors/attente.http
sed -i '/^    option httpchk GET \/health$/a\    errorfile 503 /etc/haproxy/errors/attente.http' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
