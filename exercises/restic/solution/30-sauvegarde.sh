#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/sauvegarde-restic <<EOF
#!/bin/bash
# Sauvegarde de ce serveur : la base exportée par SQLite, puis un instantané.
# RESTIC_REPOSITORY, ou RESTIC_REPOSITORY_FILE, dit vers quel dépôt.
set -u
export RESTIC_PASSWORD_FILE=/root/.restic-pass

site=/srv/$PCAPRA_CLIENT
exports=/var/backups/restic
code=0

install -d -m 0700 "\$exports"
python3 -c '
import sqlite3, sys
base = sqlite3.connect(f"file:{sys.argv[1]}?mode=rw", uri=True)
base.backup(sqlite3.connect(sys.argv[2]))
' "\$site/stock.db" "\$exports/stock.neuf" &&
    mv "\$exports/stock.neuf" "\$exports/stock.db" || code=1

# Un export manqué n'empêche pas de sauver le reste ; le code de retour le dira.
restic backup --quiet --tag nuit \\
    --exclude='*.tmp' \\
    --exclude='/home/*/.cache' \\
    --exclude-caches \\
    /etc /home "\$site" "\$exports" || code=\$?
exit \$code
EOF
chmod 0755 /usr/local/sbin/sauvegarde-restic

cat > /etc/systemd/system/sauvegarde-restic.service <<'EOF'
[Unit]
Description=Sauvegarde Restic, dépôt local

[Service]
Type=oneshot
Environment=RESTIC_REPOSITORY=/sauvegarde/restic
Environment=RESTIC_CACHE_DIR=/var/cache/restic
CacheDirectory=restic
ExecStart=/usr/local/sbin/sauvegarde-restic
EOF
cat > /etc/systemd/system/sauvegarde-restic.timer <<'EOF'
[Unit]
Description=Sauvegarde Restic, chaque nuit

[Timer]
OnCalendar=*-*-* 02:00:00
Persistent=true

[Install]
WantedBy=timers.target
EOF
systemctl daemon-reload
systemctl enable --now sauvegarde-restic.timer
systemctl start sauvegarde-restic.service
