#!/bin/bash
# sauvegarde: one byte altered in the data of the repository.
set -euo pipefail

segment=$(find /srv/borg/srv/data -type f -printf '%s %p\n' | sort -rn | sed -n '1s/^[0-9]* //p')
position=$(($(stat -c %s "$segment") / 2))
octet=$(od -An -tu1 -j "$position" -N 1 "$segment")
printf "\\x$(printf %02x $((octet ^ 255)))" |
    dd of="$segment" bs=1 seek="$position" conv=notrunc status=none
