#!/bin/bash
# A faithful door: everybody goes to web1.
set -euo pipefail

sed -i '/^listen source/,$ {/server web2/d}' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
