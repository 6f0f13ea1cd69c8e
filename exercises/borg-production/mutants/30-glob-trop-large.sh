#!/bin/bash
# « srv-* » takes srv-db's archives too.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE BORG_REPO=/srv/borg/parc
borg() { sudo -H -u borg --preserve-env=BORG_PASSPHRASE,BORG_REPO borg "$@"; }

borg prune --glob-archives 'srv-*' --keep-daily=2
borg compact
