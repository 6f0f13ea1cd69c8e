#!/bin/bash
# The newest of the inherited archives, by its date.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

date -d yesterday +%F > /tmp/hier
borg list --short ssh://borg@sauvegarde/srv/borg/srv | grep "$(cat /tmp/hier)" |
    tail -n 1 > /srv/audit/derniere-bonne.txt
