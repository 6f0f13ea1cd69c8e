#!/bin/bash
set -euo pipefail

mkdir -p /srv/secours
for jour in $(seq 0 $((PCAPRA_MANQUE - 1))); do
    tar --extract --listed-incremental=/dev/null \
        --file="/sauvegarde/ancienne/jour-$jour.tar" --directory=/srv/secours
done
