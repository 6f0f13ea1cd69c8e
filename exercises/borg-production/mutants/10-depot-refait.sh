#!/bin/bash
# The repository was made again, with the same phrase: no archive is left in it, and the key that
# srv exported opens nothing any more.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE

rm -rf /srv/borg/parc
sudo -H -u borg --preserve-env=BORG_PASSPHRASE borg init --encryption=repokey /srv/borg/parc
