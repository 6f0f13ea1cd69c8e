#!/bin/bash
# The right archives without the option: what was removed comes back.
set -euo pipefail

rm -rf /srv/donnees
for jour in 0 1 2 3 4; do
    tar --extract --file="/sauvegarde/semaine/jour-$jour.tar" --directory=/srv
done
