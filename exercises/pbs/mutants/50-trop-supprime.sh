#!/bin/bash
# The weeks and months forgotten; and srv alone gives no space back.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg prune --keep-daily=2 ssh://borg@sauvegarde/srv/borg/srv
