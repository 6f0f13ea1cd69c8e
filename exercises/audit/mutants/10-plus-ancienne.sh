#!/bin/bash
# The first line of the list instead of the last.
set -euo pipefail

ancienne=$(ls /var/backups/donnees | head -n 1 | cut -d - -f 2-4)
sed -i "s|^\(locale;.*;\)[^;]*$|\1$ancienne|" /srv/audit/inventaire.csv
