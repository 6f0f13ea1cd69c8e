#!/bin/bash
# sauvegarde: the chunk that cannot be read is given up. Run again, the file is healed.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES

sudo -H -u borg --preserve-env=BORG_PASSPHRASE,BORG_CHECK_I_KNOW_WHAT_I_AM_DOING \
    borg check --repair /srv/borg/parc
