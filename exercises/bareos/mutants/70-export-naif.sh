#!/bin/bash
# The main file copied while it serves: the last orders are elsewhere.
set -euo pipefail

cat > /usr/local/sbin/exporter-boutique <<'SH'
#!/bin/bash
set -euo pipefail
umask 077
mkdir -p /var/backups/boutique
cp /var/lib/boutique/commandes.db /var/backups/boutique/.nouveau
mv /var/backups/boutique/.nouveau /var/backups/boutique/commandes.db
SH
