#!/bin/bash
# Archives deleted, and the disk as full as before.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE BORG_REPO=/srv/borg/parc
borg() { sudo -H -u borg --preserve-env=BORG_PASSPHRASE,BORG_REPO borg "$@"; }

head -c 1M /dev/urandom > /tmp/journal.bin
chmod 0644 /tmp/journal.bin
borg create ::vieille /tmp/journal.bin
borg delete ::vieille
