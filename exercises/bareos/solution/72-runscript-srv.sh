#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/exporter-boutique <<'SH'
#!/bin/bash
set -euo pipefail
umask 077
dossier=/var/backups/boutique
mkdir -p "$dossier"
rm -f "$dossier/prochain.db"
test -s /var/lib/boutique/commandes.db-wal
python3 -c '
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("VACUUM INTO ?", (sys.argv[2],))
' /var/lib/boutique/commandes.db "$dossier/prochain.db"
mv "$dossier/prochain.db" "$dossier/commandes.db"
SH
chmod 0755 /usr/local/sbin/exporter-boutique
