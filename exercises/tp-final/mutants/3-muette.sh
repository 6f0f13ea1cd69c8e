#!/bin/bash
# web2: OnFailure names a unit that does not exist.
set -euo pipefail

sed -i 's/^OnFailure=.*/OnFailure=alerte-sauvegarde.service/' \
    /etc/systemd/system/sauvegarde-site.service
systemctl daemon-reload
