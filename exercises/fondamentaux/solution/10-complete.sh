#!/bin/bash
set -euo pipefail

mkdir -p /sauvegarde
tar --create --file=/sauvegarde/dimanche.tar \
    --listed-incremental=/sauvegarde/dimanche.snar \
    --directory=/srv donnees
