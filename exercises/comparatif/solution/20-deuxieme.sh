#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.phrase' RESTIC_PASSWORD_FILE=/root/.phrase
export BORG_REPO=/sauvegarde/borg RESTIC_REPOSITORY=/sauvegarde/restic
export HOME=/root

mesure borg deuxieme borg create --compression zstd '::{now}' /srv/donnees
mesure restic deuxieme restic backup --quiet /srv/donnees
graphique
