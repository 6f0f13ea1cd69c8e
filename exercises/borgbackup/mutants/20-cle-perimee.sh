#!/bin/bash
# The phrase was changed after the export: the copy in the safe opens with the old one only.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_NEW_PASSPHRASE='une phrase toute neuve'

borg key change-passphrase /sauvegarde/depot
printf '%s\n' "$BORG_NEW_PASSPHRASE" > /root/.borg-pass
