#!/bin/bash
# web2 built in haste from a copy of web1: its answers say web1, and nginx will not come back.
set -euo pipefail

sed -i 's/\$hostname/web1/' /etc/nginx/sites-available/site
systemctl reload nginx
systemctl disable -q nginx
for _ in $(seq 300); do
    if curl -fsSI http://192.168.1.12/ | grep -q 'X-Serveur: web1'; then exit 0; fi
    sleep 0.2
done
exit 1
