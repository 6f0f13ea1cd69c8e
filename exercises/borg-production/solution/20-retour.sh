#!/bin/bash
# sauvegarde: back to the last transaction before the two of the attack, as in the lesson.
set -euo pipefail

cd /srv/borg/parc
cible=$(tail -n 3 transactions | sed -n '1s/^transaction \([0-9]*\),.*/\1/p')
find data -type f | while read -r segment; do
    if (( ${segment##*/} > cible )); then
        rm "$segment"
    fi
done
rm -f index.* hints.* integrity.*
