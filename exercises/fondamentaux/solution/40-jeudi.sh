#!/bin/bash
set -euo pipefail

mkdir -p /restore
for jour in 0 $(seq "$PCAPRA_DIFFERENTIELLE" 4); do
    tar --extract --listed-incremental=/dev/null \
        --file="/sauvegarde/semaine/jour-$jour.tar" --directory=/restore
done
rsync --archive --delete /restore/donnees/ /srv/donnees/
rm -rf /restore
