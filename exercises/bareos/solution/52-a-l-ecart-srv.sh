#!/bin/bash
# srv: what was restored aside is put back by hand, owners and permissions included.
set -euo pipefail

mkdir -p /restauration/srv
cp -a /var/tmp/tout/srv/www /srv/
cp -a --parents "/var/tmp/premier/srv/www/$PCAPRA_CLIENT/contrat.txt" /restauration/
mv /restauration/var/tmp/premier/srv/www /restauration/srv/
