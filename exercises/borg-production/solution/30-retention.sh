#!/bin/bash
# sauvegarde: the retention is decided here, with the phrase typed for the occasion.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE BORG_REPO=/srv/borg/parc

borg() { sudo -H -u borg --preserve-env=BORG_PASSPHRASE,BORG_REPO borg "$@"; }
borg prune --glob-archives 'srv-[0-9]*' --keep-daily=7 --keep-weekly=2
borg prune --glob-archives 'compta-*' --keep-monthly=2 --keep-yearly=3
borg compact
