#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

: > /root/archives-touchees.txt
for A in $(borg list --short "$D"); do
    borg extract --dry-run "$D::$A" 2> /dev/null || echo "$A" >> /root/archives-touchees.txt
done
cat /root/archives-touchees.txt
