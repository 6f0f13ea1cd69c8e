#!/bin/bash
# Protected on the way by SSH, readable by whoever holds the backup machine.
set -euo pipefail
export BORG_RSH='ssh -o BatchMode=yes' BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
depot=ssh://borg@sauvegarde/srv/borg/srv

ssh -o BatchMode=yes borg@sauvegarde rm -rf /srv/borg/srv
borg init --encryption=none "$depot"
borg create --exclude '*.tmp' --exclude '/home/*/.cache' \
    "$depot::{hostname}-{now}" /etc /home /srv/www
