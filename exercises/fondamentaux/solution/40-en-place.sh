#!/bin/bash
# In place, every archive up to Thursday.
set -euo pipefail

cd /srv
for jour in 0 1 2 3 4; do
    tar -xGf "/sauvegarde/semaine/jour-$jour.tar"
done
