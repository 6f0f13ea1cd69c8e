#!/bin/bash
# The state of Wednesday.
set -euo pipefail

rm -rf /srv/donnees
for jour in 0 1 2 3; do
    tar --extract --listed-incremental=/dev/null \
        --file="/sauvegarde/semaine/jour-$jour.tar" --directory=/srv
done
