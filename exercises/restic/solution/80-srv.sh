#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass
export RESTIC_REPOSITORY_FILE=/root/.restic-rest

(umask 077; printf 'rest:http://srv:%s@sauvegarde:8000/srv/\n' "$PCAPRA_JETON" > /root/.restic-rest)
chmod 0600 /root/.restic-rest
curl -s -o /dev/null --retry 30 --retry-connrefused --retry-delay 1 http://sauvegarde:8000/
if [ "$(curl -s -o /dev/null -w '%{http_code}' -u "srv:$PCAPRA_JETON" \
    http://sauvegarde:8000/srv/config)" = 404 ]; then
    restic init
fi

cat > /etc/systemd/system/sauvegarde-rest.service <<'EOF'
[Unit]
Description=Sauvegarde Restic, dépôt REST en ajout seul

[Service]
Type=oneshot
Environment=RESTIC_REPOSITORY_FILE=/root/.restic-rest
Environment=RESTIC_CACHE_DIR=/var/cache/restic
CacheDirectory=restic
ExecStart=/usr/local/sbin/sauvegarde-restic
EOF
cat > /etc/systemd/system/sauvegarde-rest.timer <<'EOF'
[Unit]
Description=Sauvegarde Restic vers REST, chaque heure

[Timer]
OnCalendar=hourly
AccuracySec=1s

[Install]
WantedBy=timers.target
EOF
systemctl daemon-reload
systemctl enable --now sauvegarde-rest.timer
systemctl start sauvegarde-rest.service
