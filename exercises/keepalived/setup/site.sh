#!/bin/bash
# web1, web2: the customer's site, and what HAProxy asks for.
set -euo pipefail

cat > /var/www/html/index.html <<FIN
<!doctype html>
<title>$PCAPRA_CLIENT</title>
<h1>$PCAPRA_CLIENT</h1>
<p>Page servie par $(hostname). Repère : $PCAPRA_REPERE</p>
FIN
echo ok > /var/www/html/health
systemctl start nginx
