#!/bin/bash
# The course's script again: prune without compact, and a backup disk that fills up.
set -euo pipefail
export HOME=/root BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

sed -i '/^etape compact$/d' /usr/local/sbin/sauvegarde-borg
cd "$(mktemp -d)"
head -c 1M /dev/urandom > journal.bin
depot='ssh://borg@sauvegarde/srv/borg/srv::{hostname}-vieille'
borg create "$depot" journal.bin
borg delete "$depot"
