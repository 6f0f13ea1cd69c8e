#!/bin/bash
# An incremental archive under the name of a differential one.
set -euo pipefail

cp /sauvegarde/lundi.snar /sauvegarde/mardi.snar
tar --create --file=/sauvegarde/mardi.tar --listed-incremental=/sauvegarde/mardi.snar \
    --directory=/srv donnees
