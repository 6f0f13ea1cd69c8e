#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
export BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES
D=ssh://borg@sauvegarde/srv/borg/srv

borg check --repair --archives-only "$D"
borg create --chunker-params fixed,65536 "$D::{hostname}-{now}" /srv/vm
borg check --repair --archives-only "$D"
