#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg create --stats \
    --exclude '*.tmp' \
    --exclude '/home/*/.cache' \
    '/sauvegarde/depot::{hostname}-{now}' \
    /etc /home /srv/www
