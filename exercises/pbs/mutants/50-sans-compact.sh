#!/bin/bash
# Archives deleted by the client, and nothing done on the server.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

cd "$(mktemp -d)"
head -c 1M /dev/urandom > journal.bin
borg create "$D::{hostname}-vieille" journal.bin
borg delete "$D::{hostname}-vieille"
