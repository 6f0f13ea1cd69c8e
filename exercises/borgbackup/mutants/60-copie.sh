#!/bin/bash
# The files are readable in the right place, as a copy that fills the disk.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg umount /mnt/sauvegarde
archive=$(borg list --last 1 --short /sauvegarde/depot)
cd /mnt/sauvegarde
borg extract "/sauvegarde/depot::$archive"
