#!/bin/bash
# Blocks as large as the disk: one block changed, and all of it goes again. The factor that was
# noted is the one of the day before.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg create --chunker-params fixed,4194304 \
    'ssh://borg@sauvegarde/srv/borg/srv::{hostname}-{now}-gros' /srv/vm
