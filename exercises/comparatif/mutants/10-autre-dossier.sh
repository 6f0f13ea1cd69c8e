#!/bin/bash
# Restic on a subfolder: it would win, on half of the work.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.phrase' RESTIC_PASSWORD_FILE=/root/.phrase
export BORG_REPO=/sauvegarde/borg RESTIC_REPOSITORY=/sauvegarde/restic
export HOME=/root

rm -rf /sauvegarde/restic
restic init
mesure restic premiere restic backup --quiet /srv/donnees/textes
