#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

borg init --encryption=keyfile-blake2 "$D"
mount /media/coffre
borg key export "$D" /media/coffre/cle-srv.txt
umount /media/coffre
borg create --stats --chunker-params fixed,65536 "$D::{hostname}-{now}" /srv/vm
