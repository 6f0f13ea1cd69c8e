#!/bin/bash
# The file of a live base, copied: what the till has just written is elsewhere. And the caches are
# in the backup.
set -euo pipefail

printf '#!/bin/sh\ncp /var/lib/caisse/caisse.db /var/backups/caisse.db\n' \
    > /usr/local/sbin/exporte-caisse
sed -i '/--exclude-caches/d' /usr/local/sbin/sauvegarde-parc
