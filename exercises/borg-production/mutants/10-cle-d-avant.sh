#!/bin/bash
# A key exported before the change of passphrase.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'

BORG_NEW_PASSPHRASE='une phrase toute neuve' borg key change-passphrase
echo 'une phrase toute neuve' > /root/.borg-pass
