#!/bin/bash
# Sessions that want their server, even stopped.
set -euo pipefail

sed -i '/^    cookie SERVEUR/a\    option persist' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
