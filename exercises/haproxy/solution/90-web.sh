#!/bin/bash
# web1, web2: whatever the watch did to them.
set -euo pipefail

rm -f /etc/nginx/conf.d/tampons.conf
chmod 0644 /var/www/html/index.html
nginx -t -q
systemctl is-active -q nginx || systemctl start nginx
