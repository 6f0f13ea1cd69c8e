#!/bin/bash
# Another byte of another pack: restic check says that all is well, and it is not.
set -euo pipefail

paquet=$(find /sauvegarde/restic/data -type f -printf '%s %p\n' | sort -rn | sed -n '1s/^[0-9]* //p')
position=$(($(stat -c %s "$paquet") / 2))
octet=$(od -An -tu1 -j "$position" -N 1 "$paquet")
chmod u+w "$paquet"
printf "\\x$(printf %02x $((octet ^ 255)))" |
    dd of="$paquet" bs=1 seek="$position" conv=notrunc status=none
