#!/bin/bash
# A real mount, of the neighbour's archive.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg umount /mnt/sauvegarde
archive=$(borg list --glob-archives 'compta-*' --last 1 --short /sauvegarde/depot)
borg mount "/sauvegarde/depot::$archive" /mnt/sauvegarde
