#!/bin/bash
# A full archive under the name of a differential one.
set -euo pipefail

rm /sauvegarde/mardi.snar
tar --create --file=/sauvegarde/mardi.tar --listed-incremental=/sauvegarde/mardi.snar \
    --directory=/srv donnees
