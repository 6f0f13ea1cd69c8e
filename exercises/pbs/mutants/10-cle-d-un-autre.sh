#!/bin/bash
# A well-formed key, exported from another repository.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg init --encryption=keyfile-blake2 /tmp/autre
mount /media/coffre
rm -f /media/coffre/*.txt
borg key export /tmp/autre /media/coffre/cle-srv.txt
umount /media/coffre
rm -rf /tmp/autre
