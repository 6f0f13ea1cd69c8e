#!/bin/bash
# Served by the account that srv has a key of: what REST refuses, SSH does.
set -euo pipefail

sed -i 's/^User=.*/User=restic/' /etc/systemd/system/restic-rest.service
systemctl daemon-reload
systemctl stop restic-rest.service
chown -R restic: /srv/rest
chgrp restic /etc/restic-rest.htpasswd
systemctl start restic-rest.service
