#!/bin/bash
set -euo pipefail

id depot-rest > /dev/null 2>&1 ||
    useradd --system --home-dir /srv/rest --no-create-home --shell /usr/sbin/nologin depot-rest
install -d -m 0700 -o depot-rest -g depot-rest /srv/rest
printf 'srv:%s\n' "$(openssl passwd -apr1 "$PCAPRA_JETON")" > /etc/restic-rest.htpasswd
chown root:depot-rest /etc/restic-rest.htpasswd
chmod 0640 /etc/restic-rest.htpasswd

cat > /etc/systemd/system/restic-rest.service <<'EOF'
[Unit]
Description=Dépôts Restic par REST, ajout seul
After=network.target

[Service]
User=depot-rest
ExecStart=/usr/bin/rclone serve restic --append-only --private-repos \
    --htpasswd /etc/restic-rest.htpasswd --addr :8000 /srv/rest
Restart=on-failure
NoNewPrivileges=true
ProtectSystem=strict
ReadWritePaths=/srv/rest
ProtectHome=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable restic-rest.service
systemctl restart restic-rest.service
