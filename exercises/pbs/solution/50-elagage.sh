#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg prune --list --keep-daily=3 --keep-weekly=2 --keep-monthly=2 \
    ssh://borg@sauvegarde/srv/borg/srv
