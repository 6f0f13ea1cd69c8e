#!/bin/bash
# When in doubt, all of them.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg list --short ssh://borg@sauvegarde/srv/borg/srv > /root/archives-touchees.txt
