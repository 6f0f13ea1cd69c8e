#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg prune --stats \
    --glob-archives '{hostname}-*' \
    --keep-daily=7 \
    --keep-weekly=4 \
    --keep-monthly=6 \
    /sauvegarde/depot
borg compact /sauvegarde/depot
