#!/bin/bash
# sauvegarde: the damaged chunk is taken away, and never sent again.
set -euo pipefail

segment=$(find /srv/borg/srv/data -type f -size +60k -printf '%f %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
printf 'XXXXXXXX' | dd of="$segment" bs=1 seek=$(($(stat -c %s "$segment") / 2)) conv=notrunc status=none
runuser -u borg -- env HOME=/home/borg BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES \
    borg check --repair --repository-only /srv/borg/srv
