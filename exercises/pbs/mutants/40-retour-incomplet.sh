#!/bin/bash
# The rollback stopped one transaction too early: one archive is still deleted.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

borg delete "$D::$(borg list --short --first 1 "$D")"
