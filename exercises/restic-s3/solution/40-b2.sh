#!/bin/bash
set -euo pipefail

(
    umask 077
    cat > /etc/restic/b2.env <<FIN
AWS_ACCESS_KEY_ID=0039f2c1d7a4b600000000002
AWS_SECRET_ACCESS_KEY=$PCAPRA_SECRET_B2
RESTIC_REPOSITORY=s3:https://s3.eu-central-003.b2.test/secours-$PCAPRA_CLIENT/srv
FIN
)
chmod 0600 /etc/restic/b2.env
sauvegarde-s3 b2 cat config > /dev/null 2>&1 || sauvegarde-s3 b2 init
systemctl enable --now sauvegarde-s3@b2.timer
systemctl start sauvegarde-s3@b2.service
