#!/bin/bash
# web1, web2: the customer's site. Each says its name in the page and in a header, so that the
# spread can be counted.
set -euo pipefail

site=/var/www/html
rm -f "$site"/index.nginx-debian.html
cat > "$site/index.html" <<FIN
<!doctype html>
<title>$PCAPRA_CLIENT</title>
<h1>$PCAPRA_CLIENT</h1>
<p>Page servie par $(hostname). Repère : $PCAPRA_REPERE</p>
FIN
# Larger than what sockets keep: a download that is not read stays a connection.
truncate --size=64M "$site/archive.bin"
printf 'add_header X-Serveur $hostname always;\n' > /etc/nginx/conf.d/serveur.conf
systemctl reload-or-restart nginx
