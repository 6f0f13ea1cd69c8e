#!/bin/bash
# The main file copied while it serves: the last orders are elsewhere. Nobody asks whether the copy
# worked, and every account may read it.
set -euo pipefail

cat > /usr/local/sbin/exporter-boutique <<'SH'
#!/bin/bash
mkdir -p /var/backups/boutique
cat /var/lib/boutique/commandes.db > /var/backups/boutique/commandes.db
chmod 0644 /var/backups/boutique/commandes.db
SH
chmod 0755 /var/backups/boutique
/usr/local/sbin/exporter-boutique
