#!/bin/bash
set -euo pipefail

cp /sauvegarde/dimanche.snar /sauvegarde/lundi.snar
tar --create --file=/sauvegarde/lundi.tar \
    --listed-incremental=/sauvegarde/lundi.snar \
    --directory=/srv donnees
