#!/bin/bash
# Another format, compressed, with a state file that is not kept.
set -euo pipefail

travail=$(mktemp)
cp /sauvegarde/dimanche.snar "$travail"
cd /srv
tar --create --format=posix --gzip -g "$travail" --file=/sauvegarde/mardi.tar donnees
rm "$travail"
