#!/bin/bash
# The base is exported once the archive is made: the archive holds the export of the day before.
set -euo pipefail

sed -i -e 's|^if ! /usr/local/sbin/exporte-caisse; then$|if false; then|' \
    -e 's|^mkdir -p "\${succes|/usr/local/sbin/exporte-caisse\n&|' /usr/local/sbin/sauvegarde-parc
