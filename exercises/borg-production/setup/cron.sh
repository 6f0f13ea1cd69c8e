#!/bin/bash
# srv: the cron entry that the script had until now, and the only one who launches it.
set -euo pipefail

cat > /etc/cron.d/sauvegarde-parc <<'CONF'
# minute heure jour mois jour-de-semaine utilisateur commande
0 2 * * * root /usr/local/sbin/sauvegarde-parc 2>&1 | logger -t sauvegarde-parc
CONF
chmod 0644 /etc/cron.d/sauvegarde-parc
