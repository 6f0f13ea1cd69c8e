#!/bin/bash
# The newest of the inherited archives, by its date.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg list --short --glob-archives 'srv-*T02:00:07' --last 1 \
    ssh://borg@sauvegarde/srv/borg/srv > /srv/audit/derniere-bonne.txt
