#!/bin/bash
# lb1: back, with the address again, and both web servers still in maintenance for it.
set -euo pipefail

until [ -S /run/haproxy/admin.sock ] && ip -4 addr show eth0 | grep -q 192.168.1.100/; do
    [ "$SECONDS" -lt 240 ]
    sleep 0.5
done
for web in web1 web2; do
    echo "set server web/$web state maint" | nc -N -U /run/haproxy/admin.sock
done
