#!/bin/bash
# The same measures on a repository in the clear: a third less work.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.phrase' RESTIC_PASSWORD_FILE=/root/.phrase
export BORG_REPO=/sauvegarde/borg RESTIC_REPOSITORY=/sauvegarde/restic
export HOME=/root

export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
rm -rf /sauvegarde/borg
borg init --encryption=none
mesure borg premiere borg create --compression zstd '::{now}' /srv/donnees
