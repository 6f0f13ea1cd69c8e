#!/bin/bash
# OnFailure names a unit that does not exist.
set -euo pipefail

sed -i 's/^OnFailure=.*/OnFailure=alerte-sauvegarde.service/' \
    /etc/systemd/system/sauvegarde-parc.service
systemctl daemon-reload
