#!/bin/bash
# nginx serves Debian's page.
set -euo pipefail

sed -i 's|/srv/site/www|/var/www/html|' /etc/nginx/sites-enabled/site
echo '<h1>Welcome to nginx!</h1>' > /var/www/html/index.html
systemctl restart nginx
