#!/bin/bash
# sauvegarde: back to the last transaction before the segments of the attack.
set -euo pipefail

cd /srv/borg/parc
cible=$(sed 's|.*/||' /var/lib/pcapra/segments | sort -n | tail -n 1)
find data -type f | while read -r segment; do
    if (( ${segment##*/} > cible )); then
        rm "$segment"
    fi
done
rm -f index.* hints.* integrity.*
