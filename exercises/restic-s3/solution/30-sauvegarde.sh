#!/bin/bash
set -euo pipefail
export HOME=/root

install -d -m 0700 /etc/restic
install -m 0644 /usr/local/share/nuage/ca.pem /etc/restic/ca.pem
(
    umask 077
    printf '%s\n' "$PCAPRA_PHRASE" > /etc/restic/phrase
    cat > /etc/restic/nuage.env <<FIN
AWS_ACCESS_KEY_ID=AKIA2SERVEURSRV00001
AWS_SECRET_ACCESS_KEY=$PCAPRA_SECRET_SRV
RESTIC_REPOSITORY=s3:https://s3.eu-west-3.nuage.test/sauvegardes-$PCAPRA_CLIENT/srv
FIN
)
chmod 0600 /etc/restic/phrase /etc/restic/nuage.env
cat > /usr/local/sbin/sauvegarde-s3 <<FIN
#!/bin/bash
# sauvegarde-s3 HÉBERGEUR [COMMANDE…] : un instantané, ou une commande de Restic, chez cet hébergeur.
set -euo pipefail
set -a
. "/etc/restic/\$1.env"
set +a
shift
export RESTIC_PASSWORD_FILE=/etc/restic/phrase RESTIC_CACHE_DIR=/var/cache/restic
if [ \$# = 0 ]; then
    set -- backup --quiet --tag nuit /srv/$PCAPRA_CLIENT
fi
exec restic --cacert /etc/restic/ca.pem "\$@"
FIN
chmod 0755 /usr/local/sbin/sauvegarde-s3
cat > /etc/systemd/system/sauvegarde-s3@.service <<'FIN'
[Unit]
Description=Sauvegarde Restic chez l'hébergeur %i

[Service]
Type=oneshot
CacheDirectory=restic
ExecStart=/usr/local/sbin/sauvegarde-s3 %i
FIN
cat > /etc/systemd/system/sauvegarde-s3@.timer <<'FIN'
[Unit]
Description=Sauvegarde Restic chez l'hébergeur %i, chaque heure

[Timer]
OnCalendar=hourly
AccuracySec=1s

[Install]
WantedBy=timers.target
FIN
systemctl daemon-reload
sauvegarde-s3 nuage cat config > /dev/null 2>&1 || sauvegarde-s3 nuage init
systemctl enable --now sauvegarde-s3@nuage.timer
systemctl start sauvegarde-s3@nuage.service
