#!/bin/bash
# web1, web2: nginx, the trainee's page, and a name in each answer.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get install --yes nginx
cat > /srv/www/index.html <<FIN
<!doctype html>
<meta charset="utf-8">
<title>$PCAPRA_CLIENT</title>
<h1>$PCAPRA_CLIENT</h1>
<p>Repère : $PCAPRA_REPERE</p>
FIN
cat > /etc/nginx/sites-available/site <<'FIN'
server {
    listen 80 default_server;
    root /srv/www;
    add_header X-Serveur $hostname always;

    location = /health { return 200 "ok\n"; }
    location /prive/ { deny all; }
}
FIN
ln -sf ../sites-available/site /etc/nginx/sites-enabled/site
rm -f /etc/nginx/sites-enabled/default
nginx -t -q
systemctl reload nginx
