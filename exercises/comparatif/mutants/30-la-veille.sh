#!/bin/bash
# The first archive restored: the day of work is lost.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.phrase' RESTIC_PASSWORD_FILE=/root/.phrase
export BORG_REPO=/sauvegarde/borg RESTIC_REPOSITORY=/sauvegarde/restic
export HOME=/root

rm -rf /srv/donnees
cd /
borg extract "::$(borg list --first 1 --short)"
