#!/bin/bash
set -euo pipefail

cat > /etc/systemd/system/sauvegarde-parc.service <<'CONF'
[Unit]
Description=Sauvegarde de srv vers le dépôt du parc
OnFailure=alerte-sauvegarde@%n.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/sauvegarde-parc
SuccessExitStatus=1
Nice=10
IOSchedulingClass=idle
CONF
cat > /etc/systemd/system/alerte-sauvegarde@.service <<'CONF'
[Unit]
Description=Alerte : %i a échoué

[Service]
Type=oneshot
ExecStart=/usr/bin/logger -t alerte-sauvegarde -p daemon.err "%i a échoué sur %H"
CONF
cat > /etc/systemd/system/sauvegarde-parc.timer <<'CONF'
[Unit]
Description=Chaque nuit, la sauvegarde de srv

[Timer]
OnCalendar=*-*-* 02:00:00
RandomizedDelaySec=15min
Persistent=true

[Install]
WantedBy=timers.target
CONF
rm -f /etc/cron.d/sauvegarde-parc
systemctl daemon-reload
systemctl enable --now sauvegarde-parc.timer
