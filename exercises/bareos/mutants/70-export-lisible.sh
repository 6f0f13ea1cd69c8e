#!/bin/bash
# The usual umask: all the shop's orders, in a file that every account may read.
set -euo pipefail

sed -i 's/os.umask(0o077)/os.umask(0o022)/' /usr/local/sbin/exporter-boutique
chmod 0755 /var/backups/boutique
chmod 0644 /var/backups/boutique/commandes.db
