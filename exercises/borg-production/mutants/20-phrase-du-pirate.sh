#!/bin/bash
# The archives are back, the key still is the attacker's.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'

BORG_NEW_PASSPHRASE='une phrase inconnue' borg key change-passphrase
