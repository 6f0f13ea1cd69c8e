#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

mount /media/coffre
borg key import "$D" /media/coffre/cle-srv.txt
umount /media/coffre
A=$(borg list --last 1 --short "$D")
cd /
borg extract "$D::$A" srv/vm
