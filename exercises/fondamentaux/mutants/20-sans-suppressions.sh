#!/bin/bash
# Files newer than the last archive: what was removed leaves no trace.
set -euo pipefail

tar --create --file=/sauvegarde/lundi.tar --newer=/sauvegarde/dimanche.snar \
    --directory=/srv donnees
