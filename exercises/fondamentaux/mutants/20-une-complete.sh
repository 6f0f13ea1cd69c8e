#!/bin/bash
# A new state file: tar starts again from level 0.
set -euo pipefail

rm /sauvegarde/lundi.snar
tar --create --file=/sauvegarde/lundi.tar --listed-incremental=/sauvegarde/lundi.snar \
    --directory=/srv donnees
