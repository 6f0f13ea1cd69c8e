#!/bin/bash
# A plain archive: tar noted nothing, the state file is empty.
set -euo pipefail

rm /sauvegarde/dimanche.tar /sauvegarde/dimanche.snar
tar --create --file=/sauvegarde/dimanche.tar --directory=/srv donnees
touch /sauvegarde/dimanche.snar
