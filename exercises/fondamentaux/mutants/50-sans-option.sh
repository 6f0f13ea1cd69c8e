#!/bin/bash
# The right archives without the option: what was removed comes back.
set -euo pipefail

rm -rf /srv/secours
mkdir /srv/secours
for jour in $(seq 0 $((PCAPRA_MANQUE - 1))); do
    tar --extract --file="/sauvegarde/ancienne/jour-$jour.tar" --directory=/srv/secours
done
