#!/bin/bash
# The newest archive holds an older disk, as a snapshot that is not refreshed would.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
cd "/srv/vm/$PCAPRA_CLIENT"

cp -a disque.raw /var/tmp/disque.raw
cat modele.raw > disque.raw
borg create --chunker-params fixed,65536 \
    'ssh://borg@sauvegarde/srv/borg/srv::{hostname}-{now}-bis' /srv/vm
cp -a /var/tmp/disque.raw disque.raw
rm /var/tmp/disque.raw
