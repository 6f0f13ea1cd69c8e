#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.phrase' RESTIC_PASSWORD_FILE=/root/.phrase
export BORG_REPO=/sauvegarde/borg RESTIC_REPOSITORY=/sauvegarde/restic
export HOME=/root

if [ ! -s /root/.phrase ]; then
    (umask 077; head -c 24 /dev/urandom | base64 > /root/.phrase)
fi
# Half of a former attempt would be measured: begin anew.
rm -rf /sauvegarde/borg /sauvegarde/restic
mkdir -p /sauvegarde
borg init --encryption=repokey
restic init
mesure borg premiere borg create --compression zstd '::{now}' /srv/donnees
mesure restic premiere restic backup --quiet /srv/donnees
