#!/bin/bash
# serveur1, serveur2: nginx as systemd starts it, with a page that says which node served it.
set -euo pipefail

rm -f /etc/nginx/sites-enabled/default
cat > /etc/nginx/sites-enabled/site <<'FIN'
server {
    listen 80 default_server;
    root /srv/site/www;
    add_header X-Noeud $hostname always;
}
FIN
mkdir -p /srv/site/www
echo "<h1>$PCAPRA_CLIENT</h1><p>Repère : $PCAPRA_REPERE</p>" > /srv/site/www/index.html
systemctl restart nginx
