#!/bin/bash
# Served by the account that srv has a key of, and without --append-only: what REST would refuse,
# SSH does, and REST does not refuse it.
set -euo pipefail

# rclone reads its account's home, which ProtectHome= hides.
sed -i -e 's/^User=.*/User=restic/' -e 's/ --append-only//' -e '/^ProtectHome=/d' \
    /etc/systemd/system/restic-rest.service
systemctl daemon-reload
systemctl stop restic-rest.service
chown -R restic: /srv/rest
chgrp restic /etc/restic-rest.htpasswd
systemctl start restic-rest.service
# Type=simple: systemd does not wait until the server listens.
timeout 60 sh -c "until ss -Hltn 'sport = :8000' | grep -q .; do sleep 0.2; done"
