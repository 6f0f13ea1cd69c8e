#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

support() { findmnt --noheadings --output SOURCE --target "$1"; }
derniere() { date -r "$(ls -t "$1"/*.tgz | head -n 1)" +%F; }

borg=$(borg list --last 1 --format '{time:%Y-%m-%d}' ssh://borg@sauvegarde/srv/borg/srv)
cat > /srv/audit/inventaire.csv <<CSV
copie;machine;chemin;support;derniere
production;srv;/srv/donnees;$(support /srv/donnees);-
locale;srv;/var/backups/donnees;$(support /var/backups/donnees);$(derniere /var/backups/donnees)
miroir;$(ssh agence hostname);/srv/miroir;$(ssh agence findmnt -no SOURCE -T /srv/miroir);$(derniere /srv/miroir)
borg;$(ssh borg@sauvegarde hostname);/srv/borg/srv;$(ssh borg@sauvegarde findmnt -no SOURCE -T /srv/borg/srv);$borg
CSV
cat /srv/audit/inventaire.csv
