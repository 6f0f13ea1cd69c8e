#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.phrase' RESTIC_PASSWORD_FILE=/root/.phrase
export BORG_REPO=/sauvegarde/borg RESTIC_REPOSITORY=/sauvegarde/restic
export HOME=/root

cd /
mesure borg restauration borg extract "::$(borg list --last 1 --short)"
mesure restic restauration restic restore latest --host srv --path /srv/donnees --target /srv/essai
graphique
