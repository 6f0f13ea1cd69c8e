#!/bin/bash
# The years forgotten: the accounts keep two months.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE BORG_REPO=/srv/borg/parc
borg() { sudo -H -u borg --preserve-env=BORG_PASSPHRASE,BORG_REPO borg "$@"; }

borg prune --glob-archives 'compta-*' --keep-monthly=2
borg compact
