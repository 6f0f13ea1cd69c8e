#!/bin/bash
# An archive where the private folder was left out.
set -euo pipefail

tar --create --file=/sauvegarde/dimanche.tar --exclude=donnees/prive --directory=/srv donnees
