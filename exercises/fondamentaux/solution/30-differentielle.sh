#!/bin/bash
set -euo pipefail

cp /sauvegarde/dimanche.snar /sauvegarde/mardi.snar
tar --create --file=/sauvegarde/mardi.tar \
    --listed-incremental=/sauvegarde/mardi.snar \
    --directory=/srv donnees
